import type { Alphabet, CustomerHistory, GivenScore, Neighbour, ProfileRecord, Tie } from '../../core/features/history';
import {
  journeysSql,
  neighboursSql,
  reachedSql,
  recordsSql,
  scoresSql,
  type WhichCustomers,
} from '../../core/features/history-sql';
import { MILESTONE_PREFIX } from '../../core/milestones/pattern';
import type { ColumnBatch, Lake, ReadOptions } from '../../ports/lake';
import type { PropensitySpec } from '../../schemas/propensity';

/** Reads what happened to customers from a lake, whatever its engine. Only one part is in memory at a time. */
export class HistoryReader {
  private constructor(
    private readonly lake: Lake,
    private readonly spec: Pick<PropensitySpec, 'target' | 'features'>,
    private readonly read: ReadOptions,
    readonly alphabet: Alphabet,
    /** Customers who have a journey; they are read in parts. */
    readonly customers: number,
  ) {}

  /** @param spec what the histories are read for: who else was hit by its target, and its scores */
  static async open(
    lake: Lake,
    spec: Pick<PropensitySpec, 'target' | 'features'>,
    read: ReadOptions,
  ): Promise<HistoryReader> {
    const names = async (sql: string) => (await lake.rows<{ name: string }>(sql, read)).map(({ name }) => name);
    const steps = await names('SELECT type AS name FROM steps ORDER BY code');
    const milestones = await names('SELECT DISTINCT milestone AS name FROM milestones ORDER BY name');
    const channels = await names('SELECT DISTINCT channel AS name FROM events WHERE channel IS NOT NULL ORDER BY name');
    const [count] = await lake.rows<{ customers: number | bigint }>('SELECT count(*) AS customers FROM journeys', read);
    const letters = [...steps, ...milestones.map((name) => `${MILESTONE_PREFIX}${name}`)];
    return new HistoryReader(lake, spec, read, { letters, channels }, Number(count?.customers ?? 0));
  }

  async *part(which: WhichCustomers): AsyncGenerator<CustomerHistory[]> {
    const { lake, read, spec } = this;
    const { dialect } = lake;
    const wants = (set: PropensitySpec['features']['sets'][number]) => spec.features.sets.includes(set);
    const reached = await this.byCustomer(reachedSql(dialect, which), this.milestoneOf());
    const records =
      wants('profile') || wants('rhythm')
        ? await this.byCustomer(recordsSql(dialect, which), recordOf)
        : none<ProfileRecord>();
    const { events, classes, score } = spec.target;
    const hits = events ?? (score === undefined ? Object.values(classes!).flat() : []);
    const neighbours = wants('neighbours')
      ? await this.byCustomer(neighboursSql(dialect, which, hits), neighbourOf)
      : none<Neighbour>();
    const scores =
      score === undefined ? none<GivenScore>() : await this.byCustomer(scoresSql(dialect, which, score), scoreOf);
    const channelOf = new Map(this.alphabet.channels.map((name, number) => [name, number]));
    for await (const batch of lake.stream(journeysSql(dialect, which), read)) {
      yield customersOf(batch).map((customerId, row) => ({
        ...merged(journeyAt(batch, row, channelOf), reached.get(customerId) ?? []),
        customerId,
        records: records.get(customerId) ?? [],
        neighbours: neighbours.get(customerId) ?? [],
        scores: scores.get(customerId) ?? [],
      }));
    }
  }

  private milestoneOf() {
    const letterOf = new Map(this.alphabet.letters.map((name, number) => [name, number]));
    return ({ milestone, at_ms }: MilestoneRow): Happened => ({
      letter: letterOf.get(`${MILESTONE_PREFIX}${milestone}`)!,
      at: at_ms,
    });
  }

  private async byCustomer<Row extends object, T>(
    sql: string,
    of: (row: Row) => T,
  ): Promise<ReadonlyMap<string, readonly T[]>> {
    const found = new Map<string, T[]>();
    for await (const batch of this.lake.stream(sql, this.read)) {
      const names = Object.keys(batch.columns);
      customersOf(batch).forEach((customerId, row) => {
        const value = of(Object.fromEntries(names.map((name) => [name, batch.columns[name]![row]])) as Row);
        const own = found.get(customerId);
        if (own === undefined) found.set(customerId, [value]);
        else own.push(value);
      });
    }
    return found;
  }
}

const none = <T>(): ReadonlyMap<string, readonly T[]> => new Map();

interface MilestoneRow {
  readonly milestone: string;
  readonly at_ms: number;
}

interface Happened {
  readonly letter: number;
  readonly at: number;
}

function recordOf(row: {
  at_ms: number;
  city: string | null;
  birth_year: number | null;
  attributes: string | null;
}): ProfileRecord {
  const told = row.attributes === null ? {} : (JSON.parse(row.attributes) as Record<string, unknown>);
  const own = { city: row.city, birth_year: row.birth_year, ...told };
  const known = Object.entries(own).filter(([, value]) => value !== null && value !== undefined && value !== '');
  return { seenAt: row.at_ms, attributes: Object.fromEntries(known.map(([name, value]) => [name, String(value)])) };
}

function neighbourOf(row: {
  tie: Tie;
  neighbour: string;
  since_ms: number;
  crowded_ms: number | null;
  hit_ms: number | null;
}): Neighbour {
  const { tie, neighbour: customerId, since_ms: since, crowded_ms, hit_ms } = row;
  return { tie, customerId, since, crowdedAt: crowded_ms ?? Infinity, hitAt: hit_ms ?? Infinity };
}

function scoreOf({ at_ms, score }: { at_ms: number; score: number }): GivenScore {
  return { at: at_ms, score };
}

function customersOf({ columns, rows }: ColumnBatch): string[] {
  return Array.from({ length: rows }, (_, row) => columns['customer_id']![row] as string);
}

type Journey = Pick<CustomerHistory, 'letters' | 'times' | 'channels'>;

function journeyAt({ columns }: ColumnBatch, row: number, channelOf: ReadonlyMap<string, number>): Journey {
  const list = <T>(name: string) => JSON.parse(columns[name]![row] as string) as T[];
  return {
    letters: Int32Array.from(list<number>('word')),
    times: Float64Array.from(list<number>('times')),
    channels: Int32Array.from(list<string | null>('channels'), (name) => channelOf.get(name ?? '') ?? -1),
  };
}

/** A journey with the milestones that were reached on it: at equal times a milestone is after what it is evidenced by. */
function merged(journey: Journey, milestones: readonly Happened[]): Journey {
  if (milestones.length === 0) return journey;
  const length = journey.times.length + milestones.length;
  const [letters, times, channels] = [new Int32Array(length), new Float64Array(length), new Int32Array(length)];
  let step = 0;
  let milestone = 0;
  for (let index = 0; index < length; index++) {
    const next = milestones[milestone];
    const isStep = next === undefined || (step < journey.times.length && journey.times[step]! <= next.at);
    letters[index] = isStep ? journey.letters[step]! : next.letter;
    times[index] = isStep ? journey.times[step]! : next.at;
    channels[index] = isStep ? journey.channels[step]! : -1;
    if (isStep) step++;
    else milestone++;
  }
  return { letters, times, channels };
}
