import type { Command } from 'commander';
import { required } from './required-option';
import { UsageError } from './usage-error';

interface SqlOptions {
  readonly model?: string;
  readonly engine?: string;
  readonly records: string;
  readonly pairs: string;
  readonly patterns?: string;
  readonly export?: string;
}

const duckdb = () => import('../../core/sql/duckdb-dialect').then(({ duckDbDialect }) => duckDbDialect);
const trino = () => import('../../core/sql/trino-dialect').then(({ trinoDialect }) => trinoDialect);
const redshift = () => import('../../core/sql/redshift-dialect').then(({ redshiftDialect }) => redshiftDialect);

/** What engines are called, and the dialect that they speak. */
const ENGINES = { duckdb, trino, athena: trino, postgres: redshift, redshift };

/** `hub identity sql`: a kept model as one query. */
export function addSql(identity: Command): void {
  identity
    .command('sql')
    .description('print the query that scores pairs of records in an SQL engine as the model server does')
    .option('--model <folder>', 'where hub identity train wrote the model')
    .option('--engine <name>', `one of ${Object.keys(ENGINES).join(', ')}`)
    .option('--records <relation>', 'a row a record: id, and by field code_0, bytes_0, …; see --export', 'records')
    .option('--pairs <relation>', 'a row a pair: a and b, the ids of two records', 'pairs')
    .option('--patterns <relation>', 'the patterns of missing fields (default: they are in the query)')
    .option('--export <folder>', 'write records.parquet, from the index of the model, and patterns.parquet')
    .action(sql);
}

async function sql(options: SqlOptions): Promise<void> {
  const [model, engine] = [required(options.model, '--model'), required(options.engine, '--engine')];
  if (!isEngine(engine)) {
    throw new UsageError(`--engine ${engine}: expected one of ${Object.keys(ENGINES).join(', ')}`);
  }
  const [{ scoringFile, writeScoringTables }, dialect] = await Promise.all([
    import('../../adapters/local/identity/scoring-file'),
    ENGINES[engine](),
  ]);
  const { records, pairs, patterns } = options;
  const query = await scoringFile(model, { records, pairs, patterns }, dialect);
  if (options.export !== undefined) await writeScoringTables(model, options.export);
  process.stdout.write(`${query};\n`);
}

function isEngine(name: string): name is keyof typeof ENGINES {
  return Object.hasOwn(ENGINES, name);
}
