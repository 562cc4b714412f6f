import { z } from 'zod';
import { refreshKpisInput } from './kpi';
import { milestoneRunInput } from './milestone-run';
import { nightlyInput } from './nightly';
import { redriveInput } from './quarantine';
import { scorePropensityInput } from './propensity-scores';

/** Workflows that work, in contrast to those that answer questions. */
export const runWorkflows = [
  'nightly',
  'ingestSource',
  'redriveQuarantine',
  'resolveIdentities',
  'loadGraph',
  'encodeJourneys',
  'refreshKpis',
  'recomputeMilestones',
  'scorePropensity',
  'trainPropensity',
  'rollBackPropensity',
  'followGraphChanges',
  'followStream',
] as const;

const runStatus = z.enum(['running', 'completed', 'failed', 'cancelled', 'terminated', 'continued']);

export const runListQuestion = z.strictObject({
  workflow: z.enum(runWorkflows).optional().describe('Only runs of this workflow.'),
  status: runStatus.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const run = z.object({
  id: z.string().describe('The workflow id.'),
  workflow: z.string(),
  status: runStatus,
  startedAt: z.string().describe('An ISO time, UTC.'),
  endedAt: z.string().optional(),
  businessDate: z.string().optional(),
  source: z.string().optional(),
  parent: z.string().optional().describe('The id of the run that it is a part of.'),
  url: z.string().optional().describe('Where the Temporal UI shows it; left out where the hub knows none.'),
});

export const runList = z.object({ runs: z.array(run).describe('The newest first.') });

const stage = z.object({
  stage: z.string(),
  status: z.enum(['waiting', 'running', 'done', 'failed']),
  unit: z.string().describe('What is counted.'),
  done: z.number(),
  total: z.number().optional().describe('Left out while nobody knows how much there is.'),
  startedAt: z.number().optional().describe('Epoch milliseconds.'),
  endedAt: z.number().optional(),
  detail: z.string().optional(),
});

export const runDetails = run.extend({
  stages: z.array(stage).describe('How far it is; empty where the workflow tells no stages.'),
  failure: z.string().optional().describe('Why it failed.'),
  result: z.unknown().optional().describe('What it came to.'),
});

/** What a person may start; the input is that of the workflow. */
export const runStart = z.discriminatedUnion('workflow', [
  z.strictObject({ workflow: z.literal('nightly'), input: nightlyInput.prefault({}) }),
  z.strictObject({ workflow: z.literal('recomputeMilestones'), input: milestoneRunInput.prefault({}) }),
  z.strictObject({ workflow: z.literal('refreshKpis'), input: refreshKpisInput.prefault({}) }),
  z.strictObject({ workflow: z.literal('redriveQuarantine'), input: redriveInput }),
  z.strictObject({ workflow: z.literal('scorePropensity'), input: scorePropensityInput.prefault({}) }),
]);

export const runStarted = z.object({ id: z.string(), url: z.string().optional() });
export const runPath = z.strictObject({ id: z.string().min(1).max(1_000) });

export type RunListQuestion = z.output<typeof runListQuestion>;
export type Run = z.infer<typeof run>;
export type RunStatus = z.infer<typeof runStatus>;
export type RunDetails = z.infer<typeof runDetails>;
export type RunStart = z.output<typeof runStart>;
export type RunStarted = z.infer<typeof runStarted>;
