import { join } from 'node:path';
import { fc } from '#lib/testing/properties.ts';
import { expect, it } from 'vitest';
import { routes } from '#lib/api/routes.ts';
import { createRouteTemplate, readRouteTemplates } from '#server/http/route-template.ts';

const template = readRouteTemplates(join(import.meta.dirname, '../../app'));

it('knows every route and the pages', () => {
  for (const { path } of routes) expect(template(path.replaceAll(/\{\w+\}/g, 'a%2Fb'))).toBe(path);
  expect(template('/')).toBe('/');
  expect(template('/queues/kafka%2Forders.dlq?filter=payload.email:a@b.c')).toBe('/queues/{queueId}');
  expect(template('/_next/static/chunks/app-1.js')).toBe('/_next');
});

it('takes a name that stands there before a place for any name', () => {
  const own = createRouteTemplate(['/messages/{id}', '/messages/count']);
  expect(own('/messages/count')).toBe('/messages/count');
  expect(own('/messages/other')).toBe('/messages/{id}');
});

it('answers with one of a bounded set, whatever is asked for', () => {
  const known = new Set([...routes.map(({ path }) => path), 'other', '/_next']);
  fc.assert(
    fc.property(fc.webPath(), (path) => {
      const found = template(`/api${path}`);
      return known.has(found);
    }),
  );
});
