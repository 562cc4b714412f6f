import { existsSync } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { HubError, messageOf } from '../../core/errors';
import { problemText, problemsOf } from '../../schemas/issues';
import { kpiFrontMatter, type Kpi } from '../../schemas/kpi';

/**
 * Reads one YAML file of settings.
 *
 * @throws HubError CONFIG_INVALID listing every problem
 */
export async function readSettings<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
  const reader = new ConfigReader(dirname(resolve(path)));
  const settings = await reader.yaml(basename(path), schema);
  if (settings === undefined) throw reader.failure(path);
  return settings;
}

/** Nobody writes more by hand; parsing YAML takes a hundred times its size in memory. */
const MOST_BYTES = 1_000_000;

/** What is said elsewhere than in a file of settings, and goes before it. */
export interface Revision {
  /** What is checked in place of what the file has. */
  readonly revise: (parsed: unknown) => unknown;
  /** Where a field was said, and its name there; undefined for the file's own. */
  readonly origin: (field: string) => { readonly file: string; readonly field: string } | undefined;
}

const UNREVISED: Revision = { revise: (parsed) => parsed, origin: () => undefined };

/** Reads files one after the other and collects what is wrong with each. */
export class ConfigReader {
  readonly problems: string[] = [];

  constructor(private readonly folder: string) {}

  problem(file: string, field: string, message: string): void {
    this.problems.push(`${file}: ${problemText({ field, message })}`);
  }

  /** The error that lists every problem found, each with file, field, expected and found. */
  failure(what: string): HubError {
    return new HubError('CONFIG_INVALID', `${what} has errors:\n  ${this.problems.join('\n  ')}`);
  }

  has(file: string): boolean {
    return existsSync(join(this.folder, file));
  }

  /** @param revision what is checked in place of what the file has */
  async yaml<Schema extends z.ZodType>(
    file: string,
    schema: Schema,
    revision: Revision = UNREVISED,
  ): Promise<z.output<Schema> | undefined> {
    const text = await this.text(file);
    const parsed = text === undefined ? undefined : this.parse(file, text);
    return parsed === undefined ? undefined : this.check(file, revision.revise(parsed), schema, revision);
  }

  /** Settings that bear the name of their file. */
  async named<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.output<Schema> | undefined> {
    const text = await this.text(file);
    const parsed = text === undefined ? undefined : this.parse(file, text);
    // Even where the rest is not valid, so that all is mended in one go.
    const name = (parsed as { name?: unknown } | undefined)?.name;
    if (typeof name === 'string' && basename(file) !== `${name}.yaml`)
      this.problem(file, 'name', `expected the file's name, found "${name}"`);
    return this.check(file, parsed, schema);
  }

  /** A query with front matter between two lines `---`; undefined after telling what is wrong. */
  async kpi(file: string): Promise<Kpi | undefined> {
    const text = await this.text(file);
    if (text === undefined) return undefined;
    const match = /^---\r?\n(?<frontMatter>.*?\n)?---\r?\n(?<sql>.*)$/s.exec(text);
    if (match === null) {
      this.problem(file, '', 'expected front matter between two lines "---" before the query');
      return undefined;
    }
    const sql = match.groups?.['sql']?.trim() ?? '';
    if (sql === '') this.problem(file, '', 'expected a query after the front matter');
    const frontMatter = this.check(file, this.parse(file, match.groups?.['frontMatter'] ?? ''), kpiFrontMatter);
    const id = file.replace(/^.*\/|\.sql$/g, '');
    return frontMatter === undefined || sql === '' ? undefined : { id, sql, ...frontMatter };
  }

  /** Every file of a subfolder that has the ending, by name. A missing subfolder is an empty one. */
  async all<T>(
    subfolder: string,
    ending: string,
    read: (file: string) => Promise<T | undefined>,
  ): Promise<[string, T][]> {
    const path = join(this.folder, subfolder);
    const names = existsSync(path) ? (await readdir(path)).sort() : [];
    const found: [string, T][] = [];
    for (const name of names) {
      if (!name.endsWith(ending)) {
        // A file that is passed over in silence is looked for in vain. Folders, notes and editors' leavings are not meant.
        if (/^[^.].*\.(ya?ml|sql)$/.test(name))
          this.problem(`${subfolder}/${name}`, '', `expected a name that ends with ${ending}`);
        continue;
      }
      const value = await read(`${subfolder}/${name}`);
      if (value !== undefined) found.push([`${subfolder}/${name}`, value]);
    }
    return found;
  }

  /** The names, without their ending, of a subfolder's files. */
  async names(subfolder: string, ending: string): Promise<string[]> {
    const path = join(this.folder, subfolder);
    const files = existsSync(path) ? (await readdir(path)).sort() : [];
    return files.filter((name) => name.endsWith(ending)).map((name) => basename(name, ending));
  }

  /** What the YAML holds, an empty object for nothing; undefined after telling why it cannot be read. */
  private parse(file: string, text: string): unknown {
    const document = parseDocument(text);
    const wrong = document.errors.map((error) => error.message.split('\n')[0] ?? 'not valid YAML');
    try {
      if (wrong.length === 0) return document.toJS() ?? {};
    } catch (error) {
      // References are followed only now: `files: *.csv` without quotes is one, to nothing.
      wrong.push(`${messageOf(error)}; put text that begins with * in quotes`);
    }
    for (const message of wrong) this.problem(file, '', message);
    return undefined;
  }

  /** The parsed value as the schema has it; undefined after telling what is wrong, or when there is none. */
  private check<Schema extends z.ZodType>(
    file: string,
    parsed: unknown,
    schema: Schema,
    { origin }: Pick<Revision, 'origin'> = UNREVISED,
  ): z.output<Schema> | undefined {
    if (parsed === undefined) return undefined;
    const result = schema.safeParse(parsed, { reportInput: true });
    if (result.success) return result.data;
    for (const { field, message } of problemsOf(result.error)) {
      const found = origin(field) ?? { file, field };
      this.problem(found.file, found.field, message);
    }
    return undefined;
  }

  private async text(file: string): Promise<string | undefined> {
    const path = join(this.folder, file);
    try {
      const { size } = await stat(path);
      if (size <= MOST_BYTES) return await readFile(path, 'utf8');
      this.problem(file, '', `expected ${MOST_BYTES} bytes at most, found ${size}`);
      return undefined;
    } catch {
      this.problem(file, '', 'the file is missing or cannot be read');
      return undefined;
    }
  }
}
