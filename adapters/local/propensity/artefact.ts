import { createHash } from 'node:crypto';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HubError, messageOf } from '../../../core/errors';
import type { FeatureTable } from '../../../core/propensity/feature-table';
import type { TrainedModel } from '../../../core/propensity/train';
import { problemText, problemsOf } from '../../../schemas/issues';
import {
  PROPENSITY_FORMAT,
  PROPENSITY_VERSION,
  propensityHeader,
  propensityManifest,
  type PropensityManifest,
} from '../../../schemas/propensity-model';
import { ARCHIVE, archiveOf, treesOf } from '../../files/model-archive';
import { XGBOOST_VERSION } from '../engines/xgboost-library';
import { replaceFile } from '../replace-file';

const MANIFEST = 'manifest.json';

export interface Artefact {
  readonly trees: Uint8Array;
  readonly manifest: PropensityManifest;
}

export interface WrittenArtefact {
  /** The archive. */
  readonly model: string;
  readonly manifest: string;
}

/** What of a training a manifest tells, beside the model itself. */
export interface LearnedFrom {
  readonly target: string;
  readonly classes?: readonly string[] | undefined;
  readonly table: FeatureTable;
}

/** Writes a model that was trained here into a folder, in the place of the one that may be there. */
export function writeModel(
  folder: string,
  { trees, kind, encoding, calibration, parameters, rounds, evaluation }: Omit<TrainedModel, 'warnings'>,
  { target, classes, table }: LearnedFrom,
): Promise<WrittenArtefact> {
  return writeArtefact(folder, trees, {
    kind,
    target,
    classes: classes?.slice(),
    library: { name: 'xgboost', version: XGBOOST_VERSION },
    features: table.features.map((feature) => ({ name: feature.name, kind: feature.kind })),
    columns: [...encoding.columns],
    calibration,
    parameters,
    rounds,
    rows: table.rows,
    ...(evaluation && { evaluation: { ...evaluation } }),
  });
}

/** Writes a model into a folder, in the place of the one that may be there. The same model makes the same bytes. */
export async function writeArtefact(
  folder: string,
  trees: Uint8Array,
  about: Omit<PropensityManifest, 'format' | 'version' | 'sha256'>,
): Promise<WrittenArtefact> {
  const archive = await archiveOf(trees);
  const header = { format: PROPENSITY_FORMAT, version: PROPENSITY_VERSION };
  const written = { model: join(folder, ARCHIVE), manifest: join(folder, MANIFEST) };
  await mkdir(folder, { recursive: true });
  await replaceFile(written.model, archive);
  await replaceFile(
    written.manifest,
    `${JSON.stringify({ ...header, ...about, sha256: sha256(archive) }, undefined, 2)}\n`,
  );
  return written;
}

/**
 * Reads a model.
 *
 * @param path a folder that `writeArtefact` has written, or the archive in one
 * @throws HubError MODEL_MISSING, MODEL_VERSION for a manifest of another version, MODEL_INVALID naming file and field
 */
export async function readArtefact(path: string): Promise<Artefact> {
  const isFolder = await stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  const folder = isFolder ? path : dirname(path);
  const archiveFile = isFolder ? join(path, ARCHIVE) : path;
  const manifestFile = join(folder, MANIFEST);
  const manifest = manifestOf(manifestFile, await read(manifestFile));
  const archive = await read(archiveFile);
  if (sha256(archive) !== manifest.sha256) {
    throw invalid(
      archiveFile,
      `it is not the archive that ${basename(manifestFile)} beside it tells of, or it is damaged`,
    );
  }
  return { trees: await treesOf(archiveFile, archive), manifest };
}

function manifestOf(path: string, content: Buffer): PropensityManifest {
  let json: unknown;
  try {
    json = JSON.parse(content.toString('utf8'));
  } catch (error) {
    throw invalid(path, `it is no JSON (${messageOf(error)})`);
  }
  const header = propensityHeader.safeParse(json);
  if (header.success && header.data.version !== PROPENSITY_VERSION) {
    const message = `${path}: version: it has ${header.data.version}, and this hub reads ${PROPENSITY_VERSION}; train it again with hub model train`;
    throw new HubError('MODEL_VERSION', message, { field: 'version' });
  }
  const manifest = propensityManifest.safeParse(json, { reportInput: true });
  if (!manifest.success) throw invalid(path, problemsOf(manifest.error).map(problemText).join('; '));
  return manifest.data;
}

async function read(path: string): Promise<Buffer> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    const message = `cannot read ${path}: ${error.message}; hub model train writes it`;
    throw new HubError('MODEL_MISSING', message, { cause: error });
  });
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function invalid(path: string, message: string): HubError {
  return new HubError('MODEL_INVALID', `${path}: ${message}`);
}
