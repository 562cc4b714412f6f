export { encodeJourneys } from './journeys';
export { ingestSource } from './ingest';
export {
  journeyComparison,
  journeyFrequency,
  journeyList,
  journeyReport,
  similarJourneys,
  stepTypes,
} from './questions';
export { followGraphChanges } from './follow';
export { loadGraph } from './load';
export {
  customerMilestones,
  milestoneDetails,
  milestoneFunnel,
  milestoneList,
  recomputeMilestones,
} from './milestones';
export { nightly } from './nightly';
export { deliverNotification } from './notifications';
export { quarantinedRows, quarantineSummary, redriveQuarantine } from './quarantine';
export { followPosted, followStream } from './streams';
export { kpiDetails, kpiList, refreshKpis } from './kpis';
export { assertIdentities, customerIdentity, findCustomers, identityAssertions, resolveIdentities } from './identity';
export { customerPropensities, propensityWhatIf, scorePropensity } from './propensity';
export { propensityModels, rollBackPropensity, trainPropensity } from './propensity-training';
