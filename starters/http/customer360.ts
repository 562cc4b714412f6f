import { customer360, hrefOf } from '../../core/tmf/customer360';
import { customer360Question, customer360Schema, type Customer360 } from '../../schemas/customer360';
import { customerPath } from '../../schemas/milestone-report';
import type { CustomerPropensities } from '../../schemas/propensity-scores';
import { journeyReportQuestion, type JourneyReport } from '../../schemas/report';
import { seenBy } from './access';
import type { HubApi } from './hub-api';
import { waitMsOf } from './prefer';
import { askPropensities } from './propensity';
import { askOf, problem, runningReport, sendState, waitHeaders } from './report-routes';
import { journeyReportKind } from './similarity';

const ALWAYS: ReadonlySet<string> = new Set(['@type', 'id', 'href']);

/** A customer in the words of TM Forum, for systems that speak its Open APIs. */
export function registerCustomer360(api: HubApi): void {
  api.app.get(
    '/tmf-api/customer360/v5/customer360/:customer',
    {
      config: { needs: 'customers:read' },
      schema: {
        summary: 'A customer as TM Forum’s Customer360 (TMF717) has them',
        description:
          'Who they are, whom the sources know, what they went through on every channel, and what is likely to happen. The customer is named by the hub’s id.',
        tags: ['journeys'],
        headers: waitHeaders,
        params: customerPath,
        querystring: customer360Question,
        response: { 200: customer360Schema, 202: runningReport, default: problem },
      },
    },
    async ({ params: { customer }, query: { fields, limit }, caller, url, headers: { prefer } }, reply) => {
      const question = journeyReportQuestion.parse({ customer, limit, similar: { limit: 0 } });
      const [found, propensities] = await Promise.all([
        askOf(api, journeyReportKind, question, waitMsOf(prefer)),
        askPropensities(api, { customer }),
      ]);
      const report = seenBy(caller, found, journeyReportKind.mask);
      if (report.status !== 'done') return sendState(reply, url, report);
      if (propensities.status !== 'done') return sendState(reply, url, propensities);
      const whole = customer360(report.answer as JourneyReport, propensities.answer as CustomerPropensities);
      return sendState(reply, hrefOf(customer), { ...report, answer: only(whole, fields) });
    },
  );
}

function only(whole: Customer360, fields: string | undefined): Partial<Customer360> {
  if (fields === undefined) return whole;
  const wanted = new Set(fields.split(','));
  return Object.fromEntries(Object.entries(whole).filter(([name]) => ALWAYS.has(name) || wanted.has(name)));
}
