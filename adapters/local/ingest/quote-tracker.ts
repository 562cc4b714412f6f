const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

type State = 'field-start' | 'unquoted' | 'quoted' | 'quote-in-quoted';

/**
 * Follows RFC 4180 quoting through a csv's bytes (single-byte encodings and UTF-8), to find the quoted field that a
 * file opens and never closes. Everything after such a quote is one field, so its rows cannot be told apart.
 */
export class QuoteTracker {
  private readonly delimiter: number;
  private readonly quote: number;
  private state: State = 'field-start';
  private line = 1;
  private openedOnLine = 1;

  constructor(delimiter: string, quote: string) {
    this.delimiter = delimiter.charCodeAt(0);
    this.quote = quote.charCodeAt(0);
  }

  push(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === NEWLINE) this.line++;
      this.state = this.next(byte);
    }
  }

  /** The line on which the still open field began; undefined when every quote was closed. */
  unclosedQuoteLine(): number | undefined {
    return this.state === 'quoted' ? this.openedOnLine : undefined;
  }

  private next(byte: number): State {
    if (this.state === 'quoted') return byte === this.quote ? 'quote-in-quoted' : 'quoted';
    if (byte === this.quote && this.state === 'quote-in-quoted') return 'quoted';
    if (byte === this.quote && this.state === 'field-start') {
      this.openedOnLine = this.line;
      return 'quoted';
    }
    const endsField = byte === this.delimiter || byte === NEWLINE || byte === CARRIAGE_RETURN;
    return endsField ? 'field-start' : 'unquoted';
  }
}
