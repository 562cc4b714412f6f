import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { HubError } from '../../core/errors';
import { hubSchema, type HubSettings } from '../../schemas/hub';
import { identitySchema, type IdentitySettings } from '../../schemas/identity';
import { problemsOf } from '../../schemas/issues';
import { kpiFrontMatter, type Kpi } from '../../schemas/kpi';
import { sourceSchema, type Source } from '../../schemas/source';

/** A hub as its folder describes it. */
export interface Hub {
  readonly folder: string;
  readonly settings: HubSettings;
  readonly sources: readonly Source[];
  readonly identity: IdentitySettings;
  readonly kpis: readonly Kpi[];
  /** Where the hub keeps its data; absolute. */
  readonly dataFolder: string;
  /** Where the sources' files arrive; absolute. */
  readonly landingFolder: string;
}

/**
 * Reads and checks a hub folder.
 *
 * @param environment `HUB_DATA` overrides where the data is kept
 * @throws HubError CONFIG_INVALID listing every problem of every file, each with file, field, expected and found
 */
export async function loadHub(folder: string, environment: NodeJS.ProcessEnv = process.env): Promise<Hub> {
  const absolute = resolve(folder);
  const reader = new ConfigReader(absolute);
  const settings = await reader.yaml('hub.yaml', hubSchema);
  const identity = await reader.yaml('identity.yaml', identitySchema);
  const sources = await reader.all('sources', '.yaml', (file) => reader.yaml(file, sourceSchema));
  const kpis = await reader.all('kpis', '.sql', (file) => reader.kpi(file));
  for (const [file, source] of sources) {
    if (file !== `sources/${source.name}.yaml`)
      reader.problem(file, 'name', `expected the file's name, found "${source.name}"`);
  }
  if (sources.length === 0 && reader.problems.length === 0)
    reader.problem('sources/', '', 'expected at least one source');
  if (settings === undefined || identity === undefined || reader.problems.length > 0) throw reader.failure();
  const dataFolder = resolve(absolute, environment['HUB_DATA'] ?? settings.data);
  return {
    folder: absolute,
    settings,
    identity,
    sources: sources.map(([, source]) => source),
    kpis: kpis.map(([, kpi]) => kpi),
    dataFolder,
    landingFolder: settings.landing === undefined ? join(dataFolder, 'landing') : resolve(absolute, settings.landing),
  };
}

/** Reads files one after the other and collects what is wrong with each. */
class ConfigReader {
  readonly problems: string[] = [];

  constructor(private readonly folder: string) {}

  problem(file: string, field: string, message: string): void {
    this.problems.push(field === '' ? `${file}: ${message}` : `${file}: ${field}: ${message}`);
  }

  failure(): HubError {
    return new HubError('CONFIG_INVALID', `the hub folder ${this.folder} has errors:\n  ${this.problems.join('\n  ')}`);
  }

  async yaml<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.output<Schema> | undefined> {
    const text = await this.text(file);
    return text === undefined ? undefined : this.check(file, text, schema);
  }

  /** A query with front matter between two lines `---`. */
  async kpi(file: string): Promise<Kpi | undefined> {
    const text = await this.text(file);
    if (text === undefined) return undefined;
    const match = /^---\r?\n(.*?)^---\r?\n(.*)$/ms.exec(text);
    if (match === null) {
      this.problem(file, '', 'expected front matter between two lines "---" before the query');
      return undefined;
    }
    const frontMatter = this.check(file, match[1] ?? '', kpiFrontMatter);
    const id = file.replace(/^.*\/|\.sql$/g, '');
    return frontMatter === undefined ? undefined : { id, sql: (match[2] ?? '').trim(), ...frontMatter };
  }

  /** Every file of a subfolder that has the ending, by name. A missing subfolder is an empty one. */
  async all<T>(
    subfolder: string,
    ending: string,
    read: (file: string) => Promise<T | undefined>,
  ): Promise<[string, T][]> {
    const path = join(this.folder, subfolder);
    const names = existsSync(path) ? (await readdir(path)).filter((name) => name.endsWith(ending)).sort() : [];
    const found: [string, T][] = [];
    for (const name of names) {
      const value = await read(`${subfolder}/${name}`);
      if (value !== undefined) found.push([`${subfolder}/${name}`, value]);
    }
    return found;
  }

  private check<Schema extends z.ZodType>(file: string, text: string, schema: Schema): z.output<Schema> | undefined {
    const document = parseDocument(text);
    for (const error of document.errors) this.problem(file, '', error.message.split('\n')[0] ?? 'not valid YAML');
    if (document.errors.length > 0) return undefined;
    const result = schema.safeParse(document.toJS() ?? {}, { reportInput: true });
    if (result.success) return result.data;
    for (const { field, message } of problemsOf(result.error)) this.problem(file, field, message);
    return undefined;
  }

  private async text(file: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.folder, file), 'utf8');
    } catch {
      this.problem(file, '', 'the file is missing or cannot be read');
      return undefined;
    }
  }
}
