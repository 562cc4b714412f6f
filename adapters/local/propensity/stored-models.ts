import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HubError } from '../../../core/errors';
import type { FeaturePlan } from '../../../core/features/feature-plan';
import type { Reference } from '../../../core/propensity/drift';
import type { KeptModel, LearnedModel, ModelStore } from '../../../ports/model-store';
import type { ObjectStore } from '../../../ports/object-store';
import { readArtefact, writeModel } from './artefact';

/** The manifest last: whoever finds it finds the others. */
const FILES = ['model.tar.gz', 'features.json', 'reference.json', 'manifest.json'] as const;
/** What it takes to ask a model. */
const NEEDED = FILES.filter((file) => file !== 'reference.json');
const DIGITS = 12;

/** Models as objects `models/<name>/<version>/…`: the archive as SageMaker deploys it, and beside it what the hub needs. */
export class StoredModels implements ModelStore {
  /** @param folder of this machine, for files under way */
  constructor(
    private readonly objects: ObjectStore,
    private readonly folder: string,
  ) {}

  async save(name: string, day: string, model: LearnedModel, signal?: AbortSignal): Promise<string> {
    return this.withFolder(async (folder) => {
      await writeModel(folder, model, model);
      await writeFile(join(folder, 'features.json'), JSON.stringify(model.plan));
      await writeFile(join(folder, 'reference.json'), JSON.stringify(model.reference));
      const version = `${day}-${await digestOf(folder)}`;
      for (const file of FILES) await this.objects.upload(join(folder, file), keyOf(name, version, file), signal);
      return version;
    });
  }

  async load(name: string, version: string, signal?: AbortSignal): Promise<KeptModel> {
    if ((await this.objects.head(keyOf(name, version, 'manifest.json'), signal)) === undefined) {
      const message = `${name}: there is no model of the version ${version} in the store; train it again`;
      throw new HubError('MODEL_MISSING', message);
    }
    return this.withFolder(async (folder) => {
      const reference = await this.referenceOf(keyOf(name, version, 'reference.json'), signal);
      for (const file of NEEDED) await this.objects.download(keyOf(name, version, file), join(folder, file), signal);
      const plan = await readFile(join(folder, 'features.json'), 'utf8');
      const features = createHash('sha256').update(plan).digest('hex').slice(0, DIGITS);
      const artefact = await readArtefact(folder);
      return { ...artefact, plan: JSON.parse(plan) as FeaturePlan, features, ...(reference && { reference }) };
    });
  }

  private async referenceOf(key: string, signal?: AbortSignal): Promise<Reference | undefined> {
    if ((await this.objects.head(key, signal)) === undefined) return undefined;
    const text = await this.objects.read(key, signal === undefined ? {} : { signal });
    return JSON.parse(Buffer.from(text).toString('utf8')) as Reference;
  }

  private async withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
    const folder = join(this.folder, `model-${randomUUID()}`);
    await mkdir(folder, { recursive: true });
    try {
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/** The manifest has the digest of the archive. */
async function digestOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of ['manifest.json', 'features.json']) hash.update(await readFile(join(folder, file)));
  return hash.digest('hex').slice(0, DIGITS);
}

function keyOf(name: string, version: string, file: (typeof FILES)[number]): string {
  return `models/${name}/${version}/${file}`;
}
