import { lakeTableNames } from '../../core/lake/tables';
import type { RoomContents } from './room-nights';

/** Registers tests that a room has what the local room has, table by table. */
export function sameContents(name: string, contents: () => { local: RoomContents; room: RoomContents }): void {
  it.each(lakeTableNames)(`the ${name} room has the same %s as the local room`, (table) => {
    const { local, room } = contents();
    expect(room.lake[table]).toEqual(local.lake[table]);
  });

  it(`the ${name} room has the same graph as the local room`, () => {
    const { local, room } = contents();
    expect(room.graph).toEqual(local.graph);
  });

  it(`the ${name} room gives the same answers as the local room`, () => {
    const { local, room } = contents();
    expect(room.answers).toEqual(local.answers);
  });

  it('something of everything is there to compare', () => {
    const { lake, graph } = contents().local;
    expect(lakeTableNames.filter((table) => lake[table].length === 0)).toEqual([
      'identity_assertions',
      'identity_answers',
      // A night asks only models that somebody has trained and deployed: test/contract/model-scores.test.ts.
      'model_runs',
      'propensity_scores',
      'propensity_runs',
      'model_watch',
      // Written by earlier releases only.
      'kpis',
    ]);
    expect(graph.length).toBeGreaterThan(0);
  });
}
