import { engines } from '../../../schemas/engines';

const aws = {
  region: 'eu-central-1',
  lake: { bucket: 'lake' },
  neptune: { url: 'https://cluster:8182' },
};
const redshift = { database: 'dev', copyRole: 'arn:aws:iam::1:role/copy' };
const problems = (given: object): string[] =>
  engines.safeParse(given).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

it('takes a workgroup, or a cluster with a user or a secret', () => {
  const targets = [
    { workgroup: 'w' },
    { workgroup: 'w', secretArn: 'arn:aws:secretsmanager:x' },
    { cluster: 'c' },
    { cluster: 'c', user: 'hub' },
  ];
  for (const target of targets) expect(problems({ aws: { ...aws, redshift: { ...redshift, ...target } } })).toEqual([]);
});

it.each([
  ['neither workgroup nor cluster', {}, /^aws\.redshift\.workgroup: expected either/],
  ['both', { workgroup: 'w', cluster: 'c' }, /^aws\.redshift\.workgroup: expected either/],
  ['a user of a workgroup', { workgroup: 'w', user: 'u' }, /^aws\.redshift\.user: a workgroup has no user/],
  ['a schema that is no name', { workgroup: 'w', schema: 'a-b' }, /^aws\.redshift\.schema: /],
])('refuses %s', (_what, target, message) => {
  expect(problems({ aws: { ...aws, redshift: { ...redshift, ...target } } })).toEqual([expect.stringMatching(message)]);
});

it('knows the address of a PostgreSQL by its protocol', () => {
  expect(problems({ postgres: { url: 'postgresql://hub@db:5432/kpis?sslmode=verify-full' } })).toEqual([]);
  expect(problems({ postgres: { url: 'mysql://hub@db/kpis' } })).toEqual([expect.stringMatching(/^postgres\.url: /)]);
  expect(problems({ postgres: { url: 'postgres://hub:secret@db/kpis' } })).toEqual([
    expect.stringMatching(/^postgres\.url: expected no password; .*passwordVariable$/),
  ]);
});
