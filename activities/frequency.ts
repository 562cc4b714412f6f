import { HubError } from '../core/errors';
import { countJourneys } from '../core/frequency/count-journeys';
import type { JourneyWords } from '../core/journeys/words';
import type { Lake } from '../ports/lake';
import { journeyFrequencyQuestion, type JourneyFrequencyAnswer, type JourneyFrequencyQuestion } from '../schemas/frequency';
import { whileAlive } from './context';
import { createWordsCache } from './words-cache';
