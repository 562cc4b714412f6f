import { frequencyBench } from './frequency';
import { frequencyEnginesBench } from './frequency-engines';
import { identityBench } from './identity';
import { identityIncrementalBench } from './identity-incremental';
import { identityLabelsBench } from './identity-labels';
import { identityNightBench } from './identity-night';
import { identityServerBench } from './identity-server';
import { ingestBench } from './ingest';
import { milestonesBench } from './milestones';
import { propensityBench } from './propensity';
import { similarityBench } from './similarity';
import { websiteBench } from './website';

/** Every benchmark prints JSON lines, one a measurement. */
const benches: Readonly<Record<string, (rounds: number) => Promise<void>>> = {
  frequency: frequencyBench,
  'frequency-engines': frequencyEnginesBench,
  identity: identityBench,
  'identity-incremental': identityIncrementalBench,
  'identity-labels': identityLabelsBench,
  'identity-night': identityNightBench,
  'identity-server': identityServerBench,
  ingest: ingestBench,
  milestones: milestonesBench,
  propensity: propensityBench,
  similarity: similarityBench,
  website: websiteBench,
};

const DEFAULT_ROUNDS = 3;

/** `npm run bench -- <name>… [--rounds n]`; all of them without a name. */
async function main(args: readonly string[]): Promise<void> {
  const at = args.indexOf('--rounds');
  const rounds = at < 0 ? DEFAULT_ROUNDS : Number(args[at + 1]);
  const named = at < 0 ? args : args.toSpliced(at, 2);
  const unknown = named.find((name) => !Object.hasOwn(benches, name));
  if (unknown !== undefined || !(Number.isInteger(rounds) && rounds > 0)) {
    process.stderr.write(`usage: npm run bench -- [${Object.keys(benches).join('|')}]… [--rounds n]\n`);
    process.exitCode = 2;
    return;
  }
  for (const name of named.length > 0 ? named : Object.keys(benches)) await benches[name]?.(rounds);
}

void main(process.argv.slice(2));
