import { createHash } from 'node:crypto';
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
   * Brings the mirror to a version of the lake.
   *
   * @returns the version of the mirror that has it
   */
  async follow(version: number, signal?: AbortSignal): Promise<number> {
    const wanted = await this.revisions(version);
    const key = keyOf(Object.values(wanted));
    const changed = this.tables.filter((table) => this.held.get(table) !== wanted[table]);
    const read = { version, ...(signal === undefined ? {} : { signal }) };
    const inputs = Object.fromEntries(changed.map((table) => [`of_${table}`, this.rowsOf(table, read)]));
    const writes = changed.map((table) => ({ table, mode: 'replace', select: `SELECT * FROM of_${table}` }) as const);
    const made = await this.mirror.commit({ key, inputs, writes }, signal === undefined ? {} : { signal });
    // A state that was seen before is an older version of the mirror; what is written next replaces the newest.
    if (made.fresh) for (const table of changed) this.held.set(table, wanted[table]!);
    return made.version;
  }

  private async revisions(version: number): Promise<Partial<Record<LakeTable, string>>> {
    const entries = this.tables.map(async (table) => [table, await this.lake.tableRevision(table, version)] as const);
    return Object.fromEntries(await Promise.all(entries));
  }

  /** Times go as texts, which are exact; the mirror's own types make times of them again. */
  private rowsOf(table: LakeTable, read: { readonly version: number; readonly signal?: AbortSignal }): LakeInput {
    const columns = Object.entries(lakeTables[table]).map(([name, type]) => {
      const isTime = type === 'TIMESTAMP' || type === 'DATE';
      const quoted = identifier(name);
      return {
        name,
        type: isTime ? 'VARCHAR' : type,
        select: isTime ? `CAST(${quoted} AS VARCHAR) AS ${quoted}` : quoted,
      };
    });
    return {
      columns: Object.fromEntries(columns.map(({ name, type }) => [name, type])),
      batches: this.lake.stream(`SELECT ${columns.map(({ select }) => select).join(', ')} FROM ${table}`, read),
    };
  }
}

function keyOf(revisions: readonly (string | undefined)[]): string {
  return `mirror:${createHash('sha256').update(JSON.stringify(revisions)).digest('hex').slice(0, 16)}`;
}
