export { encodeJourneys } from './journeys';
export { ingestSource } from './ingest';
export { journeyComparison, journeyFrequency, journeyList } from './frequency';
export { loadGraph } from './load';
export { nightly } from './nightly';
export { refreshKpis } from './kpis';
export { resolveIdentities } from './identity';
