import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { LocalProfileDesk } from '../../adapters/local/identity/local-profile-desk';
import type { ProfileAnswer } from '../../schemas/model-server';
import { createModelApp, ofProfiles } from '../../starters/http/model-app';
import { trainPeople } from '../support/people-model';
import { dirtyPeople, peopleFields } from '../unit/identity/dirty-people';

const rows = dirtyPeople(150, 17);
const columns = peopleFields.map(({ column }) => column);
const someone = rows.find((row) => !row.includes(null))!;
const profileOf = (row: readonly (string | null)[]) =>
  Object.fromEntries(columns.map((column, at) => [column, row[at]]));

let folder: string;
let app: FastifyInstance;
let desk: LocalProfileDesk | undefined;
let address: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-model-server-'));
  await trainPeople(folder, rows);
  app = createModelApp({ model: () => desk && ofProfiles(desk), logLevel: 'silent' });
  await app.listen({ host: '127.0.0.1', port: 0 });
  address = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await app.close();
  await desk?.close();
  await rm(folder, { recursive: true, force: true });
});

const invoke = (body: string, type = 'application/json') =>
  fetch(`${address}/invocations`, { method: 'POST', headers: { 'content-type': type }, body });
const ask = async (question: object) => (await (await invoke(JSON.stringify(question))).json()) as ProfileAnswer;

it('is not ready before its model is loaded, and says so', async () => {
  for (const response of [await fetch(`${address}/ping`), await invoke('{"profile":{}}')]) {
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ type: 'urn:journey-hub:problem:model-loading' });
  }
});

describe('with its model', () => {
  beforeAll(async () => {
    desk = await LocalProfileDesk.open(join(folder, 'model'));
  });

  it('is ready', async () => {
    expect((await fetch(`${address}/ping`)).status).toBe(200);
  });

  it('tells whose a profile is, how likely that is, and why', async () => {
    const { customerId, probability, evidence, method } = await ask({ profile: profileOf(someone) });
    expect(method).toBe('probabilistic');
    expect(customerId).toMatch(/^r\d+$/);
    expect(probability).toBeGreaterThan(0.9);
    expect(evidence[0]!.customerId).toBe(customerId);
    expect(evidence[0]!.comparisons.map(({ field }) => field).sort()).toEqual([...columns].sort());
  });

  it('normalises a profile as it does the records of files', async () => {
    const [given, family, born, phone, street] = someone as [string, string, string, string, string];
    const date = `${born.slice(6)}.${born.slice(4, 6)}.${born.slice(0, 4)}`;
    const told = {
      given: ` ${given.toUpperCase()} `,
      family,
      born: date,
      phone: `+1 (${phone.slice(0, 3)}) ${phone.slice(3)}`,
      street,
    };
    const [plain, written] = [await ask({ profile: profileOf(someone) }), await ask({ profile: told })];
    expect(written).toEqual(plain);
  });

  it('tells nobody where there is nobody, with those who come closest', async () => {
    const stranger = { given: 'zacharias', phone: someone[3], family: 'unheardof' };
    const { customerId, probability, evidence } = await ask({ profile: stranger });
    expect({ customerId, probability }).toEqual({ customerId: null, probability: null });
    expect(evidence.length).toBeGreaterThan(0);
    expect(await ask({ profile: {} })).toMatchObject({ customerId: null, evidence: [] });
  });

  it('tells it by rules, too', async () => {
    const probable = await ask({ profile: profileOf(someone) });
    const [given, family, born] = someone;
    const found = await ask({ method: 'deterministic', profile: { given, family, born } });
    expect(found).toMatchObject({ method: 'deterministic', customerId: probable.customerId, probability: 1 });
    expect(found.rule).toBe('given + family + born');
    expect(await ask({ method: 'deterministic', profile: { given } })).toMatchObject({ customerId: null });
  });

  it('answers JSON Lines line by line, with an error for a line that is wrong', async () => {
    const question = JSON.stringify({ profile: profileOf(someone) });
    const response = await invoke(
      `${question}\n{"profile":\n\n{"profile":{"gvien":"ann"}}\n${question}`,
      'application/jsonlines; charset=utf-8',
    );
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('application/jsonlines');
    const [first, torn, unknown, last, ...rest] = (await response.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rest).toEqual([]);
    expect(first.customerId).toMatch(/^r\d+$/);
    expect(last).toEqual(first);
    expect(torn.error).toMatchObject({ status: 400, detail: 'the line is no JSON' });
    expect(unknown.error.errors).toEqual([
      { field: 'profile.gvien', message: expect.stringContaining('did you mean "given"?') },
    ]);
  });

  it('answers many at once as it answers one', async () => {
    const asked = rows.slice(0, 120).map((row) => ({ profile: profileOf(row) }));
    const together = await Promise.all(asked.map(ask));
    const alone: ProfileAnswer[] = [];
    for (const question of asked) alone.push(await ask(question));
    expect(together).toEqual(alone);
  });

  it.each([
    ['no JSON', '{"profile":', 'application/json', 400, undefined],
    ['no object', '[]', 'application/json', 400, 'expected object'],
    ['no profile', '{}', 'application/json', 400, 'profile: expected record, found nothing'],
    ['a field it does not know', '{"profile":{},"treshold":1}', 'application/json', 400, 'treshold: unknown field'],
    [
      'a value of the wrong type',
      '{"profile":{"given":["ann"]}}',
      'application/json',
      400,
      'profile.given: expected string or number',
    ],
    [
      'a column it does not know',
      '{"profile":{"gvien":"ann"}}',
      'application/json',
      400,
      'profile.gvien: the model has no column "gvien"',
    ],
    ['a method it does not have', '{"profile":{},"method":"magic"}', 'application/json', 400, 'method: expected'],
    ['another media type', 'ann', 'text/plain', 415, undefined],
    ['too much', `{"profile":{"given":"${'x'.repeat(7e6)}"}}`, 'application/json', 413, undefined],
  ])('refuses %s, and goes on', async (_, body, type, status, detail) => {
    const response = await invoke(body, type);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const problem = (await response.json()) as { detail: string };
    if (detail !== undefined) expect(problem.detail).toContain(detail);
    expect((await fetch(`${address}/ping`)).status).toBe(200);
  });
});
