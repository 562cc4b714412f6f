import { freePort } from '../../adapters/local/engines/ports';
import { reachTemporal } from '../../workers/temporal-connection';
import { createHubWorkers, type HubWorkerOptions } from '../../workers/worker';

it('a worker names the address at which no Temporal answers, its field, and what to do', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  const temporal = { address, namespace: 'default' };
  const workers = createHubWorkers({ temporal } as HubWorkerOptions);
  await expect(workers).rejects.toMatchObject({
    code: 'TEMPORAL_UNAVAILABLE',
    field: 'engines.temporal.address',
    message: expect.stringMatching(`^no Temporal server answers at ${address} .*: start it, or correct`),
  });
});

it.each([
  ['a namespace that there is not', 5, 'TEMPORAL_NAMESPACE_UNKNOWN', 'engines.temporal.namespace'],
  ['a key that is not known', 16, 'TEMPORAL_ACCESS_DENIED', 'TEMPORAL_API_KEY'],
  ['a key that may not', 7, 'TEMPORAL_ACCESS_DENIED', 'TEMPORAL_API_KEY'],
])('%s is told as what it is', async (_what, code, told, remedy) => {
  const refusal = Object.assign(new Error('refused'), { code, details: 'refused', metadata: {} });
  const place = { address: 'temporal:7233', namespace: 'hub' };
  await expect(reachTemporal(place, () => Promise.reject(refusal))).rejects.toMatchObject({
    code: told,
    retryable: false,
    message: expect.stringContaining(remedy),
  });
});
