import { engines } from '../../../schemas/engines';
import { problemsOf } from '../../../schemas/issues';

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

const files = { bucket: 'lake' };
const withNeptune = (neptune: object) => ({ aws: { ...aws, neptune: { ...aws.neptune, ...neptune } } });

it.each([
  ['a user of Trino', { trino: { url: 'https://hub@trino' } }, /^trino\.url: .*in user, .*passwordVariable$/],
  ['a password of Trino', { trino: { url: 'https://hub:pw@trino' } }, /^trino\.url: .*passwordVariable$/],
  ['a token of Trino', { trino: { url: 'https://trino/?access_token=pw' } }, /^trino\.url: .*passwordVariable$/],
  ['a password of PostgreSQL', { postgres: { url: 'postgres://db/kpis?user=hub&password=pw' } }, /^postgres\.url: /],
  ['a password alone', { postgres: { url: 'postgres://:pw@db/kpis' } }, /^postgres\.url: .*passwordVariable$/],
  [
    'keys of a store',
    { files: { ...files, endpoint: 'https://key:secret@minio' } },
    /^files\.endpoint: .*AWS SDK finds/,
  ],
  ['keys of a folder', { files: { folder: '/x', location: 's3://key:secret@x' } }, /^files\.location: .*own settings$/],
  [
    'keys of Kinesis',
    { kinesis: { region: 'x', endpoint: 'http://key:secret@k' } },
    /^kinesis\.endpoint: .*AWS SDK finds/,
  ],
  [
    'keys of a service',
    { aws: { ...aws, endpoints: { s3: 'http://k:s@s3' } } },
    /^aws\.endpoints\.s3: .*AWS SDK finds/,
  ],
  ['keys of Neptune', withNeptune({ url: 'https://k:s@cluster' }), /^aws\.neptune\.url: .*AWS SDK finds/],
  ['keys of readers', withNeptune({ reader: 'https://k:s@cluster' }), /^aws\.neptune\.reader: .*AWS SDK finds/],
  ['a password of Gremlin Server', { gremlin: { url: 'wss://hub:pw@gremlin/gremlin' } }, /^gremlin\.url: /],
  [
    'a password of Temporal',
    { temporal: { address: 'hub:pw@temporal:7233' } },
    /^temporal\.address: .*TEMPORAL_API_KEY$/,
  ],
  ["a password of Temporal's page", { temporal: { uiUrl: 'https://hub:pw@temporal' } }, /^temporal\.uiUrl: /],
])('refuses %s in an address', (_what, given, message) => {
  const { error } = engines.safeParse(given, { reportInput: true });
  const told = problemsOf(error!).map(({ field, message: text }) => `${field}: ${text}`.replace(/, found .*$/, ''));
  expect(told).toEqual([expect.stringMatching(message)]);
});

it('takes what addresses may have beside secrets', () => {
  const given = {
    postgres: { url: 'postgres://hub@db/kpis?sslmode=verify-full&sslkey=/keys/hub.pem' },
    files: { folder: '/mnt/lake', location: 'hdfs://hub@namenode:8020/lake' },
    gremlin: { url: 'ws://gremlin:8182/gremlin' },
    temporal: { address: 'temporal.example:7233' },
  };
  expect(problems(given)).toEqual([]);
});
