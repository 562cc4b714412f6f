import { identitySchema } from '../../../schemas/identity';
import { IdentityRoom } from './identity-room';
import { crmProfile, samplePeople, shopProfile } from './sample-profiles';

const rules = [{ name: 'email', match: ['email'], confidence: 0.98 }];
const settings = (probabilistic: object = {}) => identitySchema.parse({ rules, probabilistic });
const people = samplePeople(550);

let room: IdentityRoom;
beforeEach(async () => {
  room = await IdentityRoom.open();
});
afterEach(() => room.close());

/** How many people are in one piece and alone, of those that two sources know. */
async function right(): Promise<number> {
  const rows = await room.people();
  return rows.filter((row) => /^crm:(\d+) shops:\1$/.test(row)).length;
}

it('what no rule ties is tied by what is learned, with the evidence, and nobody is glued to their family', async () => {
  const known = people.filter((_, index) => index % 2 === 0);
  await room.see(...people.map(crmProfile), ...known.map(shopProfile));
  const result = await room.resolve(settings({ uniquePerSource: ['crm', 'shops'] }));
  expect(result).toMatchObject({ model: { status: 'learned' }, links: { deterministic: 0 } });
  expect(result.links.probabilistic).toBe(result.profiles - result.customers);
  const [linked, found] = [result.links.probabilistic, await right()];
  expect(found / linked).toBeGreaterThan(0.97);
  expect(found / known.length).toBeGreaterThan(0.85);
  const edges = await room.lake.rows<{ weight: number; probability: number; levels: string; waterfall: string }>(
    `SELECT weight, probability, levels, waterfall FROM identity_edges WHERE method = 'probabilistic'`,
  );
  for (const { weight, probability, levels, waterfall } of edges) {
    expect(probability).toBeCloseTo(1 / (1 + 2 ** -weight), 12);
    expect(levels.split(',')).toHaveLength(9);
    const { prior, comparisons } = JSON.parse(waterfall) as { prior: number; comparisons: { weight: number }[] };
    const sum = comparisons.reduce((all, comparison) => all + comparison.weight, prior);
    expect(Math.max(-12, Math.min(12, sum))).toBeCloseTo(weight, 9);
  }
  expect(await room.resolve(settings({ uniquePerSource: ['crm', 'shops'] }))).toEqual(result);
});

it('where nobody is known twice nothing is tied', async () => {
  await room.see(...people.map(crmProfile));
  expect(await room.resolve(settings())).toMatchObject({
    customers: people.length,
    links: { probabilistic: 0 },
    model: { status: 'too-few-matches' },
  });
});

it('of few profiles nothing is learned, and the result says so', async () => {
  const few = people.slice(0, 40);
  await room.see(...few.map(crmProfile), ...few.map(shopProfile));
  expect(await room.resolve(settings())).toMatchObject({
    customers: 80,
    model: { status: 'too-few-profiles', telling: 80 },
    links: { probabilistic: 0 },
  });
});

it('is left out where it is not wanted', async () => {
  await room.see(...people.slice(0, 5).map(crmProfile));
  expect(await room.resolve(settings({ enabled: false }))).toMatchObject({ model: { status: 'off' } });
});
