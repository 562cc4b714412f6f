import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { LakeTable } from '../../core/lake/tables';
import { maskFields } from '../../core/text/mask';
import { assertionAnswer, assertionList, assertionListQuestion, assertionQuestion } from '../../schemas/assertions';
import { customerIdentity, customerIdentityQuestion, type CustomerIdentity } from '../../schemas/customer-identity';
import { customerSearchAnswer, customerSearchQuestion } from '../../schemas/customer-search';
import { seenBy } from './access';
import type { HubApi } from './hub-api';
import { waitMsOf } from './prefer';
import { problem, runningReport, sendState, waitHeaders } from './report-routes';
import { askReport, findReport, type ReportRequest, type ReportState } from './reports';

const TAGS = ['identity'];
const ASSERTIONS = '/v1/identity/assertions';

/** Who is who: why the profiles of a customer are held to be one person, and saying that they are not. */
export function registerIdentity({ app, client, versions }: HubApi): void {
  const ask = async (
    request: Pick<ReportRequest, 'workflow' | 'kind' | 'question'>,
    from: readonly LakeTable[],
    prefer?: string,
  ) => {
    const lakeVersion = await versions.version();
    const revisions = await Promise.all(from.map((table) => versions.tableRevision(table, lakeVersion)));
    const asked = { ...request, dataRevision: JSON.stringify(revisions), lakeVersion };
    return askReport<object>(client, asked, waitMsOf(prefer));
  };

  app.post(
    ASSERTIONS,
    {
      config: { needs: 'identities:assert' },
      schema: {
        summary: 'Says that profiles are one person, or that some are not who the rest of their customer is',
        description:
          'Kept for every resolution of identities from now on, also when all identities are resolved anew; a later assertion about the same profiles revokes an earlier one.',
        tags: TAGS,
        headers: waitHeaders,
        body: assertionQuestion,
        response: { 200: assertionAnswer, 202: runningReport, default: problem },
      },
    },
    async ({ body: question, headers: { prefer } }, reply) => {
      const request = { workflow: 'assertIdentities', kind: 'identity-assertion', question };
      const from = ['identity_assertions', 'profiles', 'identities'] as const;
      return answer(reply, ASSERTIONS, await ask(request, from, prefer));
    },
  );

  app.get(
    `${ASSERTIONS}/:id`,
    {
      config: { needs: 'customers:read' },
      schema: {
        summary: 'What came of an assertion made before',
        tags: TAGS,
        headers: waitHeaders,
        params: z.object({
          id: z.string().regex(/^identity-assertion-[0-9a-f]{24}$/, 'is not the id of an assertion'),
        }),
        response: { 200: assertionAnswer, 202: runningReport, default: problem },
      },
    },
    async ({ params: { id }, headers: { prefer } }, reply) =>
      answer(reply, ASSERTIONS, await findReport<object>(client, id, waitMsOf(prefer))),
  );

  app.get(
    ASSERTIONS,
    {
      config: { needs: 'customers:read' },
      schema: {
        summary: 'What was said of profiles, the newest first',
        tags: TAGS,
        querystring: assertionListQuestion,
        response: { 200: assertionList, 202: runningReport, default: problem },
      },
    },
    async ({ query: question }, reply) => {
      const request = { workflow: 'identityAssertions', kind: 'identity-assertions', question };
      return answer(reply, ASSERTIONS, await ask(request, ['identity_assertions']));
    },
  );

  app.post(
    '/v1/customers/search',
    {
      config: { needs: 'customers:read' },
      schema: {
        summary: 'Finds customers by an id, a phone number or an e-mail address',
        description: 'What is looked for is in the body, and not in the address, which servers write to their logs.',
        tags: TAGS,
        headers: waitHeaders,
        body: customerSearchQuestion,
        response: { 200: customerSearchAnswer, 202: runningReport, default: problem },
      },
    },
    async ({ body: question, headers: { prefer } }, reply) => {
      const request = { workflow: 'findCustomers', kind: 'customer-search', question };
      const from = ['profiles', 'identities', 'identity_answers', 'customers'] as const;
      return answer(reply, '/v1/customers/search', await ask(request, from, prefer));
    },
  );

  app.get(
    '/v1/customers/:customer/identity',
    {
      config: { needs: 'customers:read' },
      schema: {
        summary: 'What holds the profiles of a customer together, the weakest link, and the changes over time',
        tags: TAGS,
        params: customerIdentityQuestion,
        response: { 200: customerIdentity, 202: runningReport, default: problem },
      },
    },
    async ({ params: question, caller }, reply) => {
      const request = { workflow: 'customerIdentity', kind: 'customer-identity', question };
      const from = ['identities', 'identity_edges', 'identity_changes', 'identity_assertions', 'profiles'] as const;
      const path = `/v1/customers/${encodeURIComponent(question.customer)}/identity`;
      return answer(reply, path, seenBy(caller, await ask(request, from), withoutPerson));
    },
  );
}

function withoutPerson(answer: object): object {
  const { profiles, ...rest } = answer as CustomerIdentity;
  return { ...rest, profiles: profiles.map((profile) => ({ ...profile, fields: maskFields(profile.fields) })) };
}

/** An assertion is polled by its id, everything else by being asked again. */
function answer(reply: FastifyReply, path: string, state: ReportState<object>): FastifyReply {
  return sendState(reply, path === ASSERTIONS ? `${path}/${state.id}` : path, state);
}
