import { resolve } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createIngestActivities } from '../../activities/ingest';
import type { LandSourceResult } from '../../activities/landed-files';
import { loadHub } from '../../adapters/local/hub-folder';
import { FolderSegmentLog } from '../../adapters/local/ingest/folder-segment-log';
import type { StagedFile } from '../../ports/landing-zone';
import { postedAmong, type Source } from '../../schemas/source';
import { PostedEvents } from '../../starters/events/posted-events';
import type { App } from '../../starters/http/hub-api';
import { createTestApi } from '../support/test-api';
import { openTestRoom, type TestRoom } from '../support/local-room';

let room: TestRoom;
let sources: readonly Source[];
let app: App;
let log: FolderSegmentLog;
beforeAll(async () => {
  room = await openTestRoom();
  ({ sources } = await loadHub(resolve('config'), {}));
  log = new FolderSegmentLog({
    landingFolder: room.landingFolder,
    sources: postedAmong(sources).map(({ name }) => name),
    onSegment: () => {},
    rollMs: 60_000,
  });
  app = await createTestApi({ events: new PostedEvents(sources, log) });
});
afterAll(async () => {
  await app?.close();
  await room?.close();
});

async function post(url: string, type: string, body: unknown): Promise<void> {
  const response = await app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': type },
    payload: JSON.stringify(body),
  });
  expect(response.json()).toEqual({ accepted: Array.isArray(body) ? body.length : 1 });
}

async function land(name: string): Promise<LandSourceResult['files'][number]> {
  const source = sources.find((candidate) => candidate.name === name)!;
  const environment = new MockActivityEnvironment();
  const { stageFile, landSource } = createIngestActivities({ lake: room.lake, landingZone: room.landingZone, sources });
  const where = { source: name, businessDate: '2026-02-01' };
  const listed = await room.landingZone.list(source, where.businessDate);
  const files = listed.map((file) => environment.run(stageFile, { source: name, file }) as Promise<StagedFile>);
  const outcome: LandSourceResult = await environment.run(landSource, { ...where, files: await Promise.all(files) });
  expect(outcome.files).toHaveLength(1);
  return outcome.files[0]!;
}

it('what is posted lands by the mappings that ship: once, with who it was; what tells of nobody is in quarantine', async () => {
  const event = {
    specversion: '1.0',
    source: 'urn:journey-hub:desk',
    type: 'complaint',
    time: '2026-01-31T10:00:00.5+01:00',
  };
  const called = { ...event, id: '1', subject: 'K1', data: { channel: 'phone' } };
  const walked = { ...event, id: '1', source: 'urn:journey-hub:shop', subject: 'K1', type: 'visit' };
  const nobodys = { ...event, id: '2' };
  await post('/v1/events', 'application/cloudevents-batch+json', [called, walked, nobodys, called]);
  await post('/v1/events', 'application/cloudevents+json', called);
  const party = { id: 'P1', givenName: 'Ada', contactMedium: [{ emailAddress: 'ada@example.com' }] };
  const notified = {
    eventType: 'IndividualCreateEvent',
    eventTime: '2026-01-31T09:00:00Z',
    event: { individual: party },
  };
  const ticket = { id: 'T1', status: 'resolved', relatedParty: [{ id: 'P1', role: 'customer' }] };
  const resolved = { ...notified, eventType: 'TroubleTicketStatusChangeEvent', event: { troubleTicket: ticket } };
  await post('/listener', 'application/json', { ...notified, eventId: 'n1' });
  await post('/listener/troubleTicketStatusChangeEvent', 'application/json', { ...resolved, eventId: 'n2' });
  await log.close();

  expect(await land('posted')).toMatchObject({ read: 5, landed: 2, duplicates: 2, quarantined: 1 });
  expect(await land('tmf')).toMatchObject({ read: 2, landed: 2, duplicates: 0, quarantined: 0 });
  const events = await room.lake.rows(
    'SELECT source, type, channel, profile_id, CAST(occurred_at AS VARCHAR) AS at FROM events ORDER BY source, type',
  );
  expect(events).toEqual([
    { source: 'posted', type: 'complaint', channel: 'phone', profile_id: 'crm:K1', at: '2026-01-31 09:00:00.5' },
    { source: 'posted', type: 'visit', channel: 'api', profile_id: 'crm:K1', at: '2026-01-31 09:00:00.5' },
    { source: 'tmf', type: 'individual_created', channel: 'tmf', profile_id: 'tmf:P1', at: '2026-01-31 09:00:00' },
    { source: 'tmf', type: 'trouble_ticket_resolved', channel: 'tmf', profile_id: 'tmf:P1', at: '2026-01-31 09:00:00' },
  ]);
  const profiles = await room.lake.rows(
    'SELECT source, external_id, given_name, email FROM profiles ORDER BY source, email NULLS LAST',
  );
  expect(profiles).toMatchObject([
    { source: 'crm', external_id: 'K1', email: null },
    { source: 'tmf', external_id: 'P1', given_name: 'Ada', email: 'ada@example.com' },
  ]);
});
