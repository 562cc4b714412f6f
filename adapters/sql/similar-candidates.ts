import { HubError } from '../../core/errors';
import type { JourneyCatalog } from '../../core/frequency/sql/sql-view';
import { lastSteps } from '../../core/journeys/slices';
import { JourneyWordsBuilder, type JourneyWords } from '../../core/journeys/words';
import { JourneyIndex } from '../../core/similarity/journey-index';
import { similarityLimits } from '../../core/similarity/limits';
import {
  SIMILARITIES,
  analyzeSimilar,
  patternOf,
  type SimilarAnalysis,
  type SimilarityPopulation,
} from '../../core/similarity/similar-journeys';
import { candidatesSql } from '../../core/similarity/sql/candidates-sql';
import { resolveCosts } from '../../core/similarity/step-costs';
import type { WordDialect } from '../../core/sql/dialects';
import type { Lake, ReadOptions } from '../../ports/lake';
import type { SimilarJourneysAnswer, SimilarJourneysQuestion, StepWeights } from '../../schemas/similarity';
import { journeyOf } from './customer-report';

type Read = Pick<ReadOptions, 'signal'> & { readonly version: number };

export interface SimilarCandidatesOptions {
  readonly words: WordDialect;
  readonly weights: StepWeights;
}

/** Journeys of some customers, by number. */
interface SomeJourneys {
  readonly ids: readonly string[];
  readonly words: JourneyWords;
}

/** Journeys that may be compared one by one. */
const MOST_CANDIDATES = 200_000;

/** Finds similar journeys: SQL chooses those that may be similar enough, and they are compared as in memory. */
export class SimilarCandidates {
  constructor(
    private readonly lake: Lake,
    private readonly options: SimilarCandidatesOptions,
  ) {}

  /** Throws `CUSTOMER_UNKNOWN`, `EVENT_UNKNOWN` and `QUESTION_TOO_LARGE`, each naming the field. */
  async find(
    question: SimilarJourneysQuestion,
    catalog: JourneyCatalog,
    read: Read,
  ): Promise<Omit<SimilarJourneysAnswer, 'timings'>> {
    const { customer, nearest } = question;
    const population = await this.population(read);
    const asker = customer === undefined ? undefined : await this.wordOf(customer, catalog, read);
    const thresholds = nearest === undefined ? [question.minSimilarity] : SIMILARITIES;
    for (const minSimilarity of thresholds) {
      const some = await this.candidates({ ...question, minSimilarity }, asker, catalog, read);
      const analyze = (asked: SimilarJourneysQuestion) => this.analyze(some, asked, population);
      // Fewer than wanted are this similar: less similar ones have to be looked at, too.
      const isEnough =
        minSimilarity === 0 || nearest === undefined || countOf(analyze, question, minSimilarity) >= nearest;
      if (!isEnough) continue;
      const answer = analyze(question);
      return { ...answer, matches: answer.matches.map((match) => ({ ...match, customer: some.ids[match.customer]! })) };
    }
    throw new Error('everybody has a similarity of 0');
  }

  private async wordOf(customer: string, { alphabet }: JourneyCatalog, read: Read): Promise<JourneyWords> {
    const { word, times } = await journeyOf(this.lake, customer, read);
    const builder = new JourneyWordsBuilder(alphabet);
    builder.append([word], [times]);
    return builder.build();
  }

  private async population(read: Read): Promise<SimilarityPopulation> {
    const [all] = await this.lake.rows<{ customers: bigint; data_end: bigint | null }>(
      `SELECT count(*) AS customers, max(${this.options.words.last('times')}) AS data_end FROM journeys`,
      read,
    );
    return { customers: Number(all?.customers ?? 0), dataEnd: Number(all?.data_end ?? -Infinity) };
  }

  private async candidates(
    question: SimilarJourneysQuestion,
    asker: JourneyWords | undefined,
    catalog: JourneyCatalog,
    read: Read,
  ): Promise<SomeJourneys> {
    const builder = new JourneyWordsBuilder(catalog.alphabet);
    const pattern = patternOf(asker ?? builder.build(), question, asker === undefined ? undefined : 0);
    const { costs } = resolveCosts(catalog.alphabet, question.weights ?? this.options.weights);
    const { steps, minSimilarity } = question;
    const search = { pattern, costs, steps, minSimilarity, limit: MOST_CANDIDATES + 1 };
    const rows = await this.lake.rows<{ customer_id: string; word: string; times: string }>(
      candidatesSql(search, this.options.words),
      read,
    );
    if (rows.length > MOST_CANDIDATES) throw tooMany(question);
    builder.append(
      rows.map(({ word }) => JSON.parse(word) as number[]),
      rows.map(({ times }) => JSON.parse(times) as number[]),
    );
    return { ids: rows.map(({ customer_id }) => customer_id), words: builder.build() };
  }

  private analyze(
    { ids, words }: SomeJourneys,
    question: SimilarJourneysQuestion,
    population: SimilarityPopulation,
  ): SimilarAnalysis {
    const weights = question.weights ?? this.options.weights;
    const { costs } = resolveCosts(words.alphabet, weights);
    const index = () => JourneyIndex.of(lastSteps(words, question.steps), { weights, longest: similarityLimits.steps });
    const asker = question.customer === undefined ? undefined : ids.indexOf(question.customer);
    return analyzeSimilar({ words, costs, index, population }, question, asker);
  }
}

function countOf(
  analyze: (question: SimilarJourneysQuestion) => SimilarAnalysis,
  question: SimilarJourneysQuestion,
  minSimilarity: number,
): number {
  return analyze({ ...question, nearest: undefined, minSimilarity, limit: 0 }).count;
}

function tooMany({ nearest }: SimilarJourneysQuestion): HubError {
  const field = nearest === undefined ? 'minSimilarity' : 'nearest';
  return new HubError(
    'QUESTION_TOO_LARGE',
    `${field}: more than ${MOST_CANDIDATES} journeys would have to be compared one by one; ask for ${nearest === undefined ? 'a greater similarity' : 'fewer'}, or give journeys more memory with worker.journeysMemoryMb in hub.yaml`,
    { field },
  );
}
