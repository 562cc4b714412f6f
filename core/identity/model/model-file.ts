import type { LinkageSettings } from '../../../schemas/linkage';
import type { ModelFile } from '../../../schemas/model-file';
import { HubError } from '../../errors';
import { levelCount } from '../comparison/agreement-levels';
import type { ClassParameters } from './class-learner';
import type { LearnedClasses } from './latent-classes';
import { pairClasses } from './pair-classes';
import { MatchModel } from './match-model';
import type { LinkageModel } from './linkage-model';

/** @throws HubError MODEL_INVALID where the parts of a model do not fit one another, naming the field */
export function modelOf(file: ModelFile): LinkageModel {
  const { settings, chance, classes } = file;
  checkLevels('chance.levels', chance.levels, settings);
  checkRarities(file);
  for (const name of pairClasses) {
    const own = classes[name];
    if (own === undefined) throw invalid(`classes.${name}`, 'it is missing');
    checkLevels(`classes.${name}.levels`, own.levels, settings);
  }
  const unknown = Object.keys(classes).find((name) => !(pairClasses as readonly string[]).includes(name));
  if (unknown !== undefined) throw invalid(`classes.${unknown}`, 'it is of another version of the hub');
  const parameters = pairClasses.map((name) => [name, parametersOf(classes[name]!)] as const);
  return {
    records: file.records,
    settings,
    blocking: file.blocking,
    rarities: file.rarities.map(({ others, values, rarities }) => ({
      others,
      values: Uint32Array.from(values),
      rarities: Uint8Array.from(rarities),
    })),
    model: new MatchModel(
      settings.fields,
      parametersOf(chance),
      Object.fromEntries(parameters) as LearnedClasses['classes'],
    ),
  };
}

/** What `modelOf` reads back bit by bit. */
export function fileOf({
  records,
  settings,
  blocking,
  rarities,
  model,
}: LinkageModel): Omit<ModelFile, 'format' | 'version'> {
  const classes = pairClasses.map((name) => [name, plain(model.classes[name])] as const);
  return {
    records,
    settings,
    blocking: blocking.map((keys) => [...keys]),
    rarities: rarities.map(({ others, values, rarities }) => ({
      others,
      values: [...values],
      rarities: [...rarities],
    })),
    chance: plain(model.chance),
    classes: Object.fromEntries(classes),
  };
}

type Plain = ModelFile['chance'];

function plain({ pairs, levels, missing }: ClassParameters): Plain {
  return { pairs, levels: levels.map((own) => [...own]), missing: [...missing] };
}

function parametersOf({ pairs, levels, missing }: Plain): ClassParameters {
  return { pairs, levels: levels.map((own) => Float64Array.from(own)), missing: new Map(missing) };
}

function checkLevels(name: string, levels: Plain['levels'], { fields }: LinkageSettings): void {
  if (levels.length !== fields.length) {
    throw invalid(name, `expected those of ${fields.length} fields, found ${levels.length}`);
  }
  fields.forEach((own, field) => {
    const [wanted, found] = [levelCount(own), levels[field]!.length];
    if (wanted !== found)
      throw invalid(`${name}.${field}`, `expected ${wanted} levels of "${own.kind}", found ${found}`);
  });
}

function checkRarities({ rarities, settings: { fields } }: ModelFile): void {
  if (rarities.length !== fields.length) {
    throw invalid('rarities', `expected those of ${fields.length} fields, found ${rarities.length}`);
  }
  rarities.forEach(({ values, rarities: own }, field) => {
    if (values.length === own.length && values.every((value, at) => at === 0 || values[at - 1]! < value)) return;
    throw invalid(`rarities.${field}`, 'expected values in ascending order, and a rarity for each');
  });
}

function invalid(field: string, message: string): HubError {
  return new HubError('MODEL_INVALID', `${field}: ${message}; train the model again with hub identity train`, {
    field,
  });
}
