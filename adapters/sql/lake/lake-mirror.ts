import { createHash } from 'node:crypto';
import { HubError } from '../../../core/errors';
import { lakeTables, type LakeTable } from '../../../core/lake/tables';
import { identifier } from '../../../core/sql/quote';
import type { Lake, LakeInput } from '../../../ports/lake';

/**
 * Some tables of a lake beside the process that computes with them: what links profiles reads records into memory, whichever
 * engine the lake has. Only tables that changed are read again.
 */
export class LakeMirror {
  /** What the newest version of the mirror has, by table; nothing is known of what an earlier process wrote. */
  private readonly held = new Map<LakeTable, string>();
  /** The last who follows; the next does when that is over, however it ended. */
  private last: Promise<unknown> = Promise.resolve();

  /**
   * @param lake the lake
   * @param mirror a lake of its own, which nobody else writes
   */
  constructor(
    private readonly lake: Lake,
    private readonly mirror: Lake,
    private readonly tables: readonly LakeTable[],
  ) {}

  /**
   * Brings the mirror to a version of the lake. What changed is found by what the mirror has: so callers take turns, or two would
   * read the same, and take what the other wrote for their own.
   *
   * @returns the version of the mirror that has it
   * @throws HubError what reading the lake throws; CANCELLED, when its turn comes, for one that was called off before
   */
  follow(version: number, signal?: AbortSignal): Promise<number> {
    const turn = this.last.then(() => {
      if (signal?.aborted)
        throw new HubError('CANCELLED', 'following the lake was cancelled', { cause: signal.reason });
      return this.bringTo(version, signal);
    });
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async bringTo(version: number, signal?: AbortSignal): Promise<number> {
    const wanted = await this.revisions(version);
    const key = keyOf(Object.values(wanted));
    const changed = this.tables.filter((table) => this.held.get(table) !== wanted[table]);
    const read = { version, ...(signal === undefined ? {} : { signal }) };
    const inputs = Object.fromEntries(changed.map((table) => [`of_${table}`, this.rowsOf(table, read)]));
    const writes = changed.map((table) => ({ table, mode: 'replace', select: this.selectOf(table) }) as const);
    const made = await this.mirror.commit({ key, inputs, writes }, signal === undefined ? {} : { signal });
    // A state that was seen before is an older version of the mirror; what is written next replaces the newest.
    if (!made.fresh) return made.version;
    for (const table of changed) this.held.set(table, wanted[table]!);
    await this.mirror.vacuum();
    return made.version;
  }

  private async revisions(version: number): Promise<Partial<Record<LakeTable, string>>> {
    const entries = this.tables.map(async (table) => [table, await this.lake.tableRevision(table, version)] as const);
    return Object.fromEntries(await Promise.all(entries));
  }

  /** As texts go times, which are exact so, and lists, which not every engine tells as such. */
  private rowsOf(table: LakeTable, read: { readonly version: number; readonly signal?: AbortSignal }): LakeInput {
    const { words } = this.lake.dialect;
    const select = Object.entries(lakeTables[table]).map(([name, type]) => {
      if (isTime(type)) return `CAST(${identifier(name)} AS VARCHAR) AS ${identifier(name)}`;
      return itemType(type) === undefined ? identifier(name) : `${words.json(name)} AS ${identifier(name)}`;
    });
    const columns = Object.entries(lakeTables[table]).map(([name, type]) => {
      return [name, isTime(type) || itemType(type) !== undefined ? 'VARCHAR' : type];
    });
    return {
      columns: Object.fromEntries(columns) as Record<string, string>,
      batches: this.lake.stream(`SELECT ${select.join(', ')} FROM ${table}`, read),
    };
  }

  /** What `rowsOf` gives, as the mirror's table has it; times are made of texts by its types. */
  private selectOf(table: LakeTable): string {
    const columns = Object.entries(lakeTables[table]).map(([name, type]) => {
      const item = itemType(type);
      return item === undefined ? identifier(name) : `${this.mirror.dialect.listOf(name, item)} AS ${identifier(name)}`;
    });
    return `SELECT ${columns.join(', ')} FROM of_${table}`;
  }
}

function isTime(type: string): boolean {
  return type === 'TIMESTAMP' || type === 'DATE';
}

/** Of a list the type of its items. */
function itemType(type: string): string | undefined {
  return type.endsWith('[]') ? type.slice(0, -'[]'.length) : undefined;
}

function keyOf(revisions: readonly (string | undefined)[]): string {
  return `mirror:${createHash('sha256').update(JSON.stringify(revisions)).digest('hex').slice(0, 16)}`;
}
