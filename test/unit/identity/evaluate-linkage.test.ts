import fc from 'fast-check';
import { clusterAccuracy } from '../../../core/identity/evaluate-linkage';

const groups = fc.array(fc.nat(4), { minLength: 1, maxLength: 25 });

it('counts pairs and records as their definitions say', () => {
  fc.assert(
    fc.property(groups, fc.infiniteStream(fc.nat(4)), (clusters, stream) => {
      const people = clusters.map(() => stream.next().value as number);
      const same = (of: readonly number[], a: number, b: number) => of[a] === of[b];
      let [right, found, wanted] = [0, 0, 0];
      for (let a = 0; a < clusters.length; a++) {
        for (let b = a + 1; b < clusters.length; b++) {
          if (same(clusters, a, b)) found++;
          if (same(people, a, b)) wanted++;
          if (same(clusters, a, b) && same(people, a, b)) right++;
        }
      }
      const accuracy = clusterAccuracy(Uint32Array.from(clusters), Uint32Array.from(people));
      expect(accuracy.precision).toBeCloseTo(found === 0 ? 1 : right / found, 12);
      expect(accuracy.recall).toBeCloseTo(wanted === 0 ? 1 : right / wanted, 12);
      const share = (of: readonly number[], also: readonly number[]) =>
        clusters.reduce((sum, _, a) => {
          const own = clusters.map((__, b) => b).filter((b) => same(of, a, b));
          return sum + own.filter((b) => same(also, a, b)).length / own.length;
        }, 0) / clusters.length;
      expect(accuracy.b3.precision).toBeCloseTo(share(clusters, people), 12);
      expect(accuracy.b3.recall).toBeCloseTo(share(people, clusters), 12);
    }),
  );
});
