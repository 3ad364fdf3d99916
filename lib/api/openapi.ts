import { z } from 'zod';
import { problem } from '#lib/api/common.ts';
import type { RouteDescription } from '#lib/api/route-description.ts';
import { routes } from '#lib/api/routes.ts';

/** OpenAPI 3.1 from the same schemas that check the requests. */
export function openApi(): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method]: operation(route) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Redeliver',
      version: '1',
      description: 'Read dead letters without destroying them, and put them back. Times are epoch milliseconds, UTC.',
    },
    paths,
    components: { schemas: { Problem: jsonSchema(problem, 'output') } },
  };
}

function operation(route: RouteDescription): unknown {
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => ({
    name: match[1],
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(route.query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema: jsonSchema(schema, 'input'),
  }));
  return {
    summary: route.summary,
    parameters: [...inPath, ...inQuery],
    ...(route.body
      ? {
          requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(route.body, 'input') } } },
        }
      : {}),
    responses: {
      [String(route.status ?? 200)]: { description: route.summary, content: answerContent(route.answer) },
      default: {
        description: 'A problem (RFC 9457)',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function answerContent(answer: RouteDescription['answer']): unknown {
  return typeof answer === 'string'
    ? { [answer]: {} }
    : { 'application/json': { schema: jsonSchema(answer, 'output') } };
}

function jsonSchema(schema: z.core.$ZodType, io: 'input' | 'output'): unknown {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
