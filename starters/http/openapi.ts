import { jsonSchemaTransformObject } from 'fastify-type-provider-zod';

interface Response {
  content?: Record<string, unknown>;
  headers?: Record<string, unknown>;
}
type Operation = { readonly responses?: Record<string, Response> };
interface Document {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Record<string, unknown> };
}

const location = { description: 'Where the report stays.', schema: { type: 'string' } };

/** The OpenAPI document, with what the schemas of the routes alone do not tell: it says what is really sent. */
export const openApiObject: typeof jsonSchemaTransformObject = (input) => {
  const document = jsonSchemaTransformObject(input) as Document;
  for (const operation of Object.values(document.paths ?? {}).flatMap((path) => Object.values(path))) {
    for (const [status, response] of Object.entries(operation.responses ?? {})) {
      const json = response.content?.['application/json'];
      if (status === 'default' && json !== undefined) response.content = { 'application/problem+json': json };
      if (status === '202' || (status === '200' && operation.responses?.['202'] !== undefined)) {
        response.headers = { location };
      }
    }
  }
  dropUnused(document);
  dropSafeBounds(document);
  return document as ReturnType<typeof jsonSchemaTransformObject>;
};

/** Schemas are registered for input and output; mostly one of the two is used. */
function dropUnused(document: Document): void {
  const schemas = document.components?.schemas ?? {};
  const isUsed = (name: string) => {
    const others = { ...document, components: { schemas: { ...schemas, [name]: undefined } } };
    return JSON.stringify(others).includes(`"#/components/schemas/${name}"`);
  };
  for (const name of Object.keys(schemas)) if (!isUsed(name)) delete schemas[name];
}

/** Whole numbers are bounded by what JavaScript holds exactly: true, and no news to anyone. */
function dropSafeBounds(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  const fields = node as Record<string, unknown>;
  if (fields['minimum'] === Number.MIN_SAFE_INTEGER) delete fields['minimum'];
  if (fields['maximum'] === Number.MAX_SAFE_INTEGER) delete fields['maximum'];
  for (const value of Object.values(fields)) dropSafeBounds(value);
}
