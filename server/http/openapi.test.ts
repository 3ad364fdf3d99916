import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openApi } from '#lib/api/openapi.ts';
import { routes } from '#lib/api/routes.ts';

const app = join(import.meta.dirname, '../../app');

/** `get /api/v1/messages/{messageId}`, from the route files that there are. */
function routesOnDisk(): readonly string[] {
  return readdirSync(app, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('route.ts'))
    .flatMap((file) => {
      const path = `/${relative('.', file)}`.replace(/\/route\.ts$/, '').replace(/\[(\w+)\]/g, '{$1}');
      const source = readFileSync(join(app, file), 'utf8');
      return [...source.matchAll(/^export (?:async )?function (GET|POST|PATCH|PUT|DELETE)\b/gm)].map(
        (match) => `${match[1]?.toLowerCase()} ${path}`,
      );
    });
}

describe('the OpenAPI document', () => {
  it('describes exactly the routes that there are', () => {
    expect(routes.map((route) => `${route.method} ${route.path}`).toSorted()).toEqual([...routesOnDisk()].toSorted());
  });

  it('can be written as JSON, with a schema for every JSON answer and every body', () => {
    const text = JSON.stringify(openApi());
    expect(JSON.parse(text)).toMatchObject({
      openapi: '3.1.0',
      paths: {
        '/api/v1/messages': {
          get: { parameters: expect.arrayContaining([expect.objectContaining({ name: 'filter', in: 'query' })]) },
        },
      },
    });
    expect(text).not.toContain('"schema":{}');
  });
});
