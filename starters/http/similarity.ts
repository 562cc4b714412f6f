import { maskFields } from '../../core/text/mask';
import { journeyReport, journeyReportQuestion, type JourneyReport } from '../../schemas/report';
import { similarJourneysAnswer, similarJourneysQuestion } from '../../schemas/similarity';
import type { HubApi } from './hub-api';
import { registerReport, type ReportKind } from './report-routes';

/** The report of one customer. */
export const journeyReportKind: ReportKind = {
  kind: 'journey-report',
  workflow: 'journeyReport',
  mask: withoutPerson,
  needs: 'customers:read',
  from: ['events'],
  tags: ['journeys'],
  summary: "One customer's journey: timeline, who is similar, and what followed for others",
  description: "The customer is named by the hub's id, or by the id under which one of the sources knows them.",
  question: journeyReportQuestion,
  answer: journeyReport,
};

/** The journey similarity analyzer: who goes the same way, and what became of those who once did. */
export function registerSimilarity(api: HubApi): void {
  registerReport(api, {
    kind: 'similar-journeys',
    workflow: 'similarJourneys',
    needs: 'customers:read',
    tags: ['journeys'],
    summary: 'Customers with a journey very similar to one, every one of them',
    description:
      "A customer's last steps, or a journey made up, are compared with the last steps of all others, or with any stretch of their journeys: then `outcome` tells what followed. Similarity is 1 less the least cost of making one journey the other by leaving out, putting in and replacing steps, each at most once, as a share of what the dearer one's steps cost.",
    question: similarJourneysQuestion,
    answer: similarJourneysAnswer,
  });
  registerReport(api, journeyReportKind);
}

function withoutPerson(answer: object): object {
  const report = answer as JourneyReport;
  return { ...report, attributes: maskFields(report.attributes) };
}
