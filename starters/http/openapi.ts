import { jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { cloudEvent } from '../../schemas/cloud-event';
import { tmfEvent } from '../../schemas/tmf-event';
import { MOST_EVENTS } from './cloud-events';

interface Response {
  content?: Record<string, unknown>;
  headers?: Record<string, unknown>;
}
interface Body {
  required?: boolean;
  readonly content: Readonly<Record<string, { readonly schema?: unknown }>>;
}
interface Operation {
  readonly responses?: Record<string, Response>;
  requestBody?: Body;
}
interface Document {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Record<string, unknown> };
}

const location = { description: 'Where the report stays.', schema: { type: 'string' } };

/** The OpenAPI document, with what the schemas of the routes alone do not tell: it says what is really sent. */
export const openApiObject: typeof jsonSchemaTransformObject = (input) => {
  const document = jsonSchemaTransformObject(input) as Document;
  for (const operation of operationsOf(document)) {
    const { requestBody: body } = operation;
    if (body !== undefined && Object.values(body.content).some(mayBeNull)) body.required = false;
    for (const [status, response] of Object.entries(operation.responses ?? {})) {
      const json = response.content?.['application/json'];
      if (status === 'default' && json !== undefined) response.content = { 'application/problem+json': json };
      if (status === '202' || (status === '200' && operation.responses?.['202'] !== undefined)) {
        response.headers = { location };
      }
    }
  }
  for (const [path, body] of Object.entries(eventBodies)) {
    const operation = document.paths?.[path]?.['post'];
    if (operation !== undefined) operation.requestBody = body;
  }
  dropUnused(document);
  dropSafeBounds(document, 'minimum', Number.MIN_SAFE_INTEGER);
  for (const operation of operationsOf(document))
    dropSafeBounds(operation.responses, 'maximum', Number.MAX_SAFE_INTEGER);
  dropSafeBounds(document.components, 'maximum', Number.MAX_SAFE_INTEGER);
  return document as ReturnType<typeof jsonSchemaTransformObject>;
};

function operationsOf({ paths = {} }: Document): Operation[] {
  return Object.values(paths).flatMap((path) => Object.values(path));
}

/** Whole numbers are bounded by what JavaScript holds exactly: true, and of answers no news to anyone. */
function dropSafeBounds(node: unknown, name: 'minimum' | 'maximum', bound: number): void {
  if (typeof node !== 'object' || node === null) return;
  const fields = node as Record<string, unknown>;
  if (fields[name] === bound) delete fields[name];
  for (const value of Object.values(fields)) dropSafeBounds(value, name, bound);
}

/** Schemas are registered for input and output; mostly one of the two is used. */
function dropUnused(document: Document): void {
  const schemas = document.components?.schemas ?? {};
  const isUsed = (name: string) => {
    const others = { ...document, components: { schemas: { ...schemas, [name]: undefined } } };
    return JSON.stringify(others).includes(`"#/components/schemas/${name}"`);
  };
  for (const name of Object.keys(schemas)) if (!isUsed(name)) delete schemas[name];
}

/** A request without a body has one of null. */
function mayBeNull({ schema }: { readonly schema?: unknown }): boolean {
  const alternatives = (schema as { anyOf?: { type?: string }[] } | undefined)?.anyOf ?? [];
  return alternatives.some(({ type }) => type === 'null');
}

/** Bodies that are taken as they are, and read by code of their own. */
const eventBodies: Readonly<Record<string, Body>> = {
  '/v1/events': bodyOf({
    'application/cloudevents+json': cloudEvent,
    'application/cloudevents-batch+json': z.array(cloudEvent).min(1).max(MOST_EVENTS),
  }),
  '/listener': bodyOf({ 'application/json': tmfEvent }),
  '/listener/{event}': bodyOf({ 'application/json': tmfEvent }),
};

function isReference(node: unknown): boolean {
  return typeof node === 'object' && node !== null && '$ref' in node;
}

function bodyOf(schemas: Readonly<Record<string, z.ZodType>>): Body {
  const content = Object.entries(schemas).map(([type, schema]) => [type, { schema: jsonSchemaOf(schema) }]);
  return { required: true, content: Object.fromEntries(content) as Body['content'] };
}

function jsonSchemaOf(schema: z.ZodType): unknown {
  const schemaOf = z.toJSONSchema(schema, { io: 'input' });
  // What may hold itself is any JSON.
  return JSON.parse(
    JSON.stringify({ ...schemaOf, $schema: undefined, $defs: undefined }, (_name, node: unknown) =>
      isReference(node) ? {} : node,
    ),
  );
}
