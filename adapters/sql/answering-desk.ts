import type { JourneyQuestionName, JourneyQuestions } from '../../ports/journey-desk';

/** How one kind of question is answered. */
export type Answer<Name extends JourneyQuestionName, Options> = (
  question: JourneyQuestions[Name]['question'],
  options: Options,
) => Promise<JourneyQuestions[Name]['answer']>;

/** A way to answer each kind of question. */
export type Answers<Options> = { readonly [Name in JourneyQuestionName]: Answer<Name, Options> };

/** The answer to a question of the kind that its name says. */
export function answerBy<Name extends JourneyQuestionName, Options>(
  answers: Answers<Options>,
  name: Name,
  question: JourneyQuestions[Name]['question'],
  options: Options,
): Promise<JourneyQuestions[Name]['answer']> {
  return (answers[name] as Answer<Name, Options>)(question, options);
}
