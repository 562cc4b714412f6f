import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { PassThrough, Transform, Writable, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Decompress as ZstdDecompress } from 'fzstd';
import { HubError, messageOf } from '../../../core/errors';
import type { SourceFile, StageOptions } from '../../../ports/landing-zone';
import type { Source } from '../../../schemas/source';
import { QuoteTracker } from './quote-tracker';

export interface Inspection {
  /** SHA-256 of the file as it lies there. */
  readonly fingerprint: string;
  /** Line on which a quoted csv field was opened that the file never closes. */
  readonly unclosedQuoteLine: number | undefined;
}

export type Compression = 'none' | 'gzip' | 'zstd';

export function compressionOf(source: Source, path: string): Compression {
  if (source.format === 'parquet') return 'none';
  if (source.compression !== 'auto') return source.compression;
  if (path.endsWith('.gz')) return 'gzip';
  return path.endsWith('.zst') ? 'zstd' : 'none';
}

/**
 * Reads the whole file once before its rows are, since the SQL engine takes a truncated archive for a short file and
 * drops an unclosed quote's rows without a word.
 *
 * @throws HubError FILE_EMPTY, FILE_TRUNCATED, FILE_ENCODING, CANCELLED
 */
export async function inspectFile(
  source: Source,
  file: SourceFile,
  absolutePath: string,
  options: StageOptions = {},
): Promise<Inspection> {
  if (file.bytes === 0) throw new HubError('FILE_EMPTY', `${file.path}: the file is empty`);
  const hash = createHash('sha256');
  const quotes = source.format === 'csv' ? new QuoteTracker(source.csv.delimiter, source.csv.quote) : undefined;
  const text = new TextCheck(source, file, quotes);
  let bytes = 0;
  const fingerprint = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      options.onProgress?.(bytes);
      done(null, chunk);
    },
  });
  const compression = compressionOf(source, file.path);
  try {
    await pipeline(createReadStream(absolutePath), fingerprint, decompressor(compression), text, {
      signal: options.signal,
    });
  } catch (error) {
    throw inspectionError(error, file, compression, options.signal);
  }
  if (text.bytes === 0) throw new HubError('FILE_EMPTY', `${file.path}: the archive holds no data`);
  return { fingerprint: hash.digest('hex'), unclosedQuoteLine: quotes?.unclosedQuoteLine() };
}

function decompressor(compression: Compression): NodeJS.ReadWriteStream {
  if (compression === 'gzip') return createGunzip();
  return compression === 'zstd' ? new ZstdStream() : new PassThrough();
}

/** fzstd as a Node stream; Node itself reads zstd only from version 22.15 on. */
class ZstdStream extends Transform {
  private readonly zstd = new ZstdDecompress((chunk) => this.push(chunk));

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.feed(chunk, false, done);
  }

  override _flush(done: TransformCallback): void {
    this.feed(Buffer.alloc(0), true, done);
  }

  private feed(chunk: Buffer, final: boolean, done: TransformCallback): void {
    try {
      this.zstd.push(chunk, final);
      done();
    } catch (error) {
      done(error as Error);
    }
  }
}

/** Takes the decompressed bytes, checks that declared UTF-8 is UTF-8, and follows csv quotes. */
class TextCheck extends Writable {
  bytes = 0;
  private readonly decoder: InstanceType<typeof TextDecoder> | undefined;

  constructor(
    source: Source,
    private readonly file: SourceFile,
    private readonly quotes: QuoteTracker | undefined,
  ) {
    super();
    const isUtf8 = source.format !== 'parquet' && (source.format !== 'csv' || source.csv.encoding === 'utf-8');
    this.decoder = isUtf8 ? new TextDecoder('utf-8', { fatal: true }) : undefined;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.bytes += chunk.length;
    this.quotes?.push(chunk);
    this.decode(chunk, true, done);
  }

  override _final(done: (error?: Error) => void): void {
    this.decode(undefined, false, done);
  }

  private decode(chunk: Buffer | undefined, stream: boolean, done: (error?: Error) => void): void {
    try {
      this.decoder?.decode(chunk, { stream });
      done();
    } catch {
      const remedy = 'export it as UTF-8, or name its encoding under csv.encoding (latin-1, utf-16)';
      done(new HubError('FILE_ENCODING', `${this.file.path}: the file is not valid UTF-8; ${remedy}`));
    }
  }
}

function inspectionError(error: unknown, file: SourceFile, compression: Compression, signal?: AbortSignal): unknown {
  if (signal?.aborted) return new HubError('CANCELLED', `${file.path}: reading was cancelled`, { cause: error });
  if (error instanceof HubError || compression === 'none') return error;
  return new HubError('FILE_TRUNCATED', `${file.path}: the ${compression} archive is damaged (${messageOf(error)})`, {
    cause: error,
  });
}
