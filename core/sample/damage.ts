import type { Random } from './random';
import type { Row } from './rows';
import type { System } from './steps';

/** How often an export holds a row twice, and how often one that nobody can use. */
const DUPLICATE = 0.003;
const BAD = 0.002;

/** The fields without which a row of the system cannot be used. */
const needed: Readonly<Record<System, readonly [time: string, id: string]>> = {
  crm: ['changed_at', 'customer_no'],
  billing: ['booked_at', 'account'],
  web: ['ts', 'visitor'],
  app: ['time_ms', 'device'],
  'call-centre': ['Beginn', 'Anrufer'],
  shops: ['at', 'loyalty_id'],
  network: ['detected_at', 'subscriber'],
};

export interface Exported {
  readonly row: Row;
  readonly fate: 'good' | 'duplicate' | 'bad';
}

/** What an export really holds for a row: the row, now and then once more, or a broken one after it. */
export function exported(random: Random, system: System, row: Row): Exported[] {
  const chance = random.unit();
  if (chance < DUPLICATE) return [good(row), { row, fate: 'duplicate' }];
  if (chance < DUPLICATE + BAD) return [good(row), { row: damaged(random, system, row), fate: 'bad' }];
  return [good(row)];
}

function good(row: Row): Exported {
  return { row, fate: 'good' };
}

/** Without its time, or without the person's id. */
function damaged(random: Random, system: System, row: Row): Row {
  return { ...row, [needed[system][random.integer(0, 2)]!]: null };
}
