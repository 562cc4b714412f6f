import { z } from 'zod';

const stepType = z.string().min(1);
const stepTypes = z.array(stepType).max(1000);
const moment = z.iso.datetime({ offset: true });

/** Which customers are looked at; every condition given must hold. */
export const customerSegment = z.strictObject({
  had: stepTypes.default([]).describe('Only customers who had each of these steps, at any time.'),
  hadNot: stepTypes.default([]).describe('Only customers who never had any of these steps.'),
  activeFrom: moment.optional().describe('Only customers with a step at this time or later, and before `activeUntil`.'),
  activeUntil: moment.optional().describe('Only customers with a step before this time, and not before `activeFrom`.'),
  attributes: z
    .record(z.string().min(1), z.array(z.string()).min(1))
    .default({})
    .describe('Only customers whose attribute has one of the values, such as `{"city": ["Bonn", "Köln"]}`.'),
});

/** Which occurrences of the event of interest count. */
const anchorFilter = z.strictObject({
  channels: z.array(z.string().min(1)).max(100).default([]).describe('Only on one of these channels; empty: on any.'),
  from: moment.optional().describe('Only at this time or later.'),
  until: moment.optional().describe('Only before this time.'),
});

/** The journeys to or from an event of interest: what can be asked of any file of events. */
export const journeyCut = z.strictObject({
  event: stepType.describe('The event of interest: a step type such as `churn`, or the name of a group.'),
  as: z
    .enum(['start', 'end'])
    .default('end')
    .describe("Whether journeys end with the customer's event of interest, or start from it."),
  steps: z.number().int().min(1).max(100).default(6).describe('Length of a journey at most, the event included.'),
  top: z.number().int().min(1).max(1000).default(20).describe('How many of the most frequent journeys to list.'),
});

/** What a caller asks of the journey frequency analyzer. */
export const journeyFrequencyQuestion = journeyCut.extend({
  occurrence: z
    .enum(['first', 'last', 'every'])
    .default('first')
    .describe("Which of a customer's events of interest journeys are cut at; `every` gives a journey for each."),
  anchor: anchorFilter.prefault({}).describe('Conditions on the event of interest alone.'),
  through: z
    .array(stepType)
    .max(20)
    .default([])
    .describe('Steps that a journey must pass in this order, others between them allowed.'),
  repeats: z
    .enum(['keep', 'collapse'])
    .default('keep')
    .describe('Whether the same step several times in a row is several steps, or one with a multiplicity.'),
  ignore: stepTypes.default([]).describe('Steps to look away from; the event of interest itself stays.'),
  groups: z
    .record(z.string().min(1), z.array(stepType).min(1))
    .default({})
    .describe('Steps to take for one another, by the name they are then known by.'),
  by: z.enum(['type', 'channel']).default('type').describe('Whether steps are told apart by their type or channel.'),
  maxGapHours: z
    .number()
    .positive()
    .optional()
    .describe('A longer gap between two steps ends the journey; left out: no gap does.'),
  segment: customerSegment.prefault({}).describe('Which customers are looked at.'),
  tree: z
    .strictObject({
      breadth: z.number().int().min(1).max(50).default(5),
      minShare: z.number().min(0).max(1).default(0.005),
    })
    .optional()
    .describe(
      'Asks for the journeys as a tree: at most so many branches at each node, of at least such a share of all journeys; the others are folded.',
    ),
});

const count = z.number().int();

const treeNode = z
  .object({
    step: z.string(),
    count: count.describe('Journeys through this node.'),
    ended: count.describe('Journeys that have no further step.'),
    cut: count.describe('Journeys that go on beyond the last step asked for.'),
    other: z
      .object({ count, steps: count })
      .optional()
      .describe('The branches that are not shown: their journeys, and how many different next steps they have.'),
    get children() {
      return z.array(treeNode);
    },
  })
  .meta({ id: 'JourneyTreeNode' });

export const journeyFrequencyAnswer = z.object({
  journeys: z.array(
    z.object({
      steps: z.array(z.string()),
      count,
      share: z
        .number()
        .describe('Of all journeys counted: with one occurrence each, of the customers who had the event.'),
      shareOfAll: z.number().describe('Of all customers looked at.').optional(),
      medianMs: z.number().describe('Median time from the first step to the last.').optional(),
      p90Ms: z.number().describe('Nine of ten journeys took no longer.').optional(),
      repeats: z.array(z.number()).optional().describe('How often each step happened in a row, on average.'),
    }),
  ),
  positions: z
    .array(
      z.object({
        offset: z.number().int().describe('0 is the event of interest, -1 the step before it, 1 the step after it.'),
        step: z.string(),
        count,
      }),
    )
    .describe('How often each step happened at each position, over all journeys.'),
  customers: count.describe('Customers who had the event.'),
  journeysCounted: count.optional().describe('Journeys: more than customers only when every occurrence counts.'),
  allCustomers: count.optional().describe('Customers looked at, whether they had the event or not.'),
  steps: z
    .array(z.object({ step: z.string(), count }))
    .optional()
    .describe('How often each step happened in all, over all positions.'),
  dropOff: z
    .array(z.object({ offset: z.number().int(), continued: count, ended: count }))
    .optional()
    .describe('At each position: journeys with a further step (looking away from the event), and journeys without.'),
  tree: treeNode.optional().describe('The journeys as a tree rooted in the event of interest; nothing is left out.'),
  ignoredRows: count
    .optional()
    .describe('Rows of the file left out: no customer, no event, or a time that cannot be read.'),
  timings: z.record(z.string(), z.number()).describe('Milliseconds by stage.'),
});

/** One number of an answer, whose journeys are to be listed. */
export const journeySelection = z
  .union([
    z.strictObject({ journey: z.array(z.string()).min(1) }).describe('A journey of the ranking.'),
    z.strictObject({ offset: z.number().int(), step: z.string() }).describe('A step at a position.'),
    z
      .strictObject({ offset: z.number().int(), outcome: z.enum(['continued', 'ended']) })
      .describe('Who went on from a position, and who did not.'),
    z
      .strictObject({
        path: z.array(z.string()).min(1).describe('Steps from the event of interest outwards, the event first.'),
        outcome: z.enum(['any', 'ended', 'cut', 'other']).default('any'),
        shown: z.array(z.string()).default([]).describe('With `other`: the next steps that are not folded.'),
      })
      .describe('A node of the tree, or what ended, was cut, or was folded there.'),
  ])
  .describe('Which number of the answer; every journey counted when left out.');

/** What a caller asks to see the journeys behind a number of an answer: the same question, and which number. */
export const journeyListQuestion = journeyFrequencyQuestion.extend({
  of: journeySelection.optional(),
  limit: z.number().int().min(1).max(10_000).default(100).describe('How many journeys a page has.'),
  cursor: z.number().int().min(0).default(0).describe("The last page's `next`."),
});

export const journeyList = z.object({
  total: count.describe('Exactly the number that was asked about.'),
  journeys: z.array(
    z.object({ customer: z.string(), at: z.string().describe('When the event of interest happened.') }),
  ),
  next: count.optional().describe('The cursor of the next page; absent on the last one.'),
});

const side = z.strictObject({
  name: z.string().min(1).describe('How the answer calls this side, such as `before`.'),
  segment: customerSegment.prefault({}),
  anchor: anchorFilter.prefault({}),
});

/** What a caller asks to see what two segments, or two periods, do differently. */
export const journeyComparisonQuestion = journeyFrequencyQuestion
  .omit({ segment: true, anchor: true, tree: true })
  .extend({
    a: side.describe('One side: its customers, and its conditions on the event of interest, such as a period.'),
    b: side.describe('The other side.'),
  });

const sideCounts = z.object({ name: z.string(), customers: count, journeysCounted: count, allCustomers: count });
const sideShare = z.object({ count, share: z.number().describe('Of the journeys counted on this side.') });

export const journeyComparison = z.object({
  a: sideCounts,
  b: sideCounts,
  journeys: z
    .array(
      z.object({
        steps: z.array(z.string()),
        a: sideShare,
        b: sideShare,
        difference: z.number().describe("Side a's share less side b's."),
        interval: z
          .tuple([z.number(), z.number()])
          .describe("95 % interval of the difference: Newcombe's hybrid score interval."),
        falseDiscoveryRate: z
          .number()
          .describe('The p-value of equal shares, corrected for the number of journeys tested (Benjamini, Hochberg).'),
      }),
    )
    .describe('The journeys that differ most in share, the greatest difference first.'),
  tested: count.describe('Different journeys that were tested.'),
  untested: count.describe('Different journeys that are too rare to be tested.'),
  timings: z.record(z.string(), z.number()),
});

export type JourneyComparisonQuestion = z.infer<typeof journeyComparisonQuestion>;
export type JourneyComparisonInput = z.input<typeof journeyComparisonQuestion>;
export type JourneyComparison = z.infer<typeof journeyComparison>;
export type JourneyListQuestion = z.infer<typeof journeyListQuestion>;
export type JourneyListInput = z.input<typeof journeyListQuestion>;
export type JourneyList = z.infer<typeof journeyList>;
export type JourneySelection = z.infer<typeof journeySelection>;
export type CustomerSegment = z.infer<typeof customerSegment>;
export type JourneyCut = z.infer<typeof journeyCut>;
export type JourneyFrequencyQuestion = z.infer<typeof journeyFrequencyQuestion>;
/** A question as a caller writes it: what is left out has its default. */
export type JourneyFrequencyInput = z.input<typeof journeyFrequencyQuestion>;
export type JourneyFrequencyAnswer = z.infer<typeof journeyFrequencyAnswer>;
export type JourneyTreeNode = z.infer<typeof treeNode>;
