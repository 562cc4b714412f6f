import type { Alphabet, CustomerHistory, GivenScore, Neighbour, ProfileRecord, Tie } from '../../core/features/history';
import {
  journeysSql,
  NEVER_MS,
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
    const reached = await this.byCustomer(reachedSql(dialect, which), happenedIn(this.alphabet));
    const records =
      wants('profile') || wants('rhythm')
        ? await this.byCustomer(recordsSql(dialect, which), recordsIn)
        : none<ProfileRecord>();
    const { events, classes, score } = spec.target;
    const hits = events ?? (score === undefined ? Object.values(classes!).flat() : []);
    const neighbours = wants('neighbours')
      ? await this.byCustomer(neighboursSql(dialect, which, hits), neighboursIn)
      : none<Neighbour>();
    const scores =
      score === undefined ? none<GivenScore>() : await this.byCustomer(scoresSql(dialect, which, score), scoresIn);
    for await (const batch of lake.stream(journeysSql(dialect, which, this.alphabet.channels), read)) {
      const journeyAt = journeysIn(batch);
      yield customersOf(batch).map((customerId, row) => {
        const { letters, times, channels } = merged(journeyAt(row), reached.get(customerId) ?? NONE);
        return {
          ...{ customerId, letters, times, channels },
          records: records.get(customerId) ?? NONE,
          neighbours: neighbours.get(customerId) ?? NONE,
          scores: scores.get(customerId) ?? NONE,
        };
      });
    }
  }

  private async byCustomer<T>(sql: string, rowsIn: RowsIn<T>): Promise<ReadonlyMap<string, readonly T[]>> {
    const found = new Map<string, T[]>();
    for await (const batch of this.lake.stream(sql, this.read)) {
      const rowAt = rowsIn(batch);
      customersOf(batch).forEach((customerId, row) => {
        const value = rowAt(row);
        const own = found.get(customerId);
        if (own === undefined) found.set(customerId, [value]);
        else own.push(value);
      });
    }
    return found;
  }
}

/** Looks for the columns of a batch, and then makes what each row tells. */
type RowsIn<T> = (batch: ColumnBatch) => (row: number) => T;

const NONE: readonly never[] = [];
const none = <T>(): ReadonlyMap<string, readonly T[]> => new Map();

interface Happened {
  readonly letter: number;
  readonly at: number;
}

function happenedIn({ letters }: Alphabet): RowsIn<Happened> {
  const letterOf = new Map(letters.map((name, number) => [name, number]));
  return ({ columns: { milestone, at_ms } }) =>
    (row) => ({ letter: letterOf.get(`${MILESTONE_PREFIX}${milestone![row] as string}`)!, at: at_ms![row] as number });
}

function recordsIn({ columns: { at_ms, city, birth_year, attributes } }: ColumnBatch): (row: number) => ProfileRecord {
  return (row) => {
    const text = attributes![row] as string | null;
    const told = text === null ? {} : (JSON.parse(text) as Record<string, unknown>);
    const own = { city: city![row], birth_year: birth_year![row], ...told };
    const known = Object.entries(own).filter(([, value]) => value !== null && value !== undefined && value !== '');
    return {
      seenAt: at_ms![row] as number,
      attributes: Object.fromEntries(known.map(([name, value]) => [name, String(value)])),
    };
  };
}

function neighboursIn({ columns }: ColumnBatch): (row: number) => Neighbour {
  const { tie, neighbour, since_ms, crowded_ms, hit_ms } = columns;
  const orNever = (ms: number) => (ms === NEVER_MS ? Infinity : ms);
  return (row) => ({
    tie: tie![row] as Tie,
    customerId: neighbour![row] as string,
    since: since_ms![row] as number,
    crowdedAt: orNever(crowded_ms![row] as number),
    hitAt: orNever(hit_ms![row] as number),
  });
}

function scoresIn({ columns: { at_ms, score } }: ColumnBatch): (row: number) => GivenScore {
  return (row) => ({ at: at_ms![row] as number, score: score![row] as number });
}

function customersOf({ columns, rows }: ColumnBatch): string[] {
  return Array.from({ length: rows }, (_, row) => columns['customer_id']![row] as string);
}

type Journey = Pick<CustomerHistory, 'letters' | 'times' | 'channels'>;

function journeysIn({ columns: { word, times, channels } }: ColumnBatch): (row: number) => Journey {
  return (row) => ({
    letters: integers(word![row] as NumberList),
    times: doubles(times![row] as NumberList),
    channels: integers(channels![row] as NumberList),
  });
}

/** A list as `LakeDialect.numbers` has it. */
type NumberList = string | ArrayLike<number>;

function integers(list: NumberList): Int32Array {
  return list instanceof Int32Array ? list : Int32Array.from(numbersOf(list));
}

function doubles(list: NumberList): Float64Array {
  return list instanceof Float64Array ? list : Float64Array.from(numbersOf(list));
}

function numbersOf(list: NumberList): ArrayLike<number> {
  return typeof list === 'string' ? (JSON.parse(list) as number[]) : list;
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
