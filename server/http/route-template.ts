import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** The template of an address, `/queues/{queueId}`: of a bounded set, whatever is asked for, and without a name or a filter in it. */
export type RouteTemplate = (url: string) => string;

/** Everything for which there is no page and no route. */
const noRoute = 'other';
/** What the build made: scripts, styles, fonts. */
const builtFiles = '/_next';

/** From the folders of `app`, where each page and each route has its own. */
export function readRouteTemplates(app: string): RouteTemplate {
  const files = readdirSync(app, { recursive: true, encoding: 'utf8' });
  const folders = files.filter((file) => /(^|[\\/])(page\.tsx|route\.ts)$/.test(file)).map((file) => dirname(file));
  return createRouteTemplate(folders.map(templateOf));
}

function templateOf(folder: string): string {
  const parts = folder.split(/[\\/]/).filter((part) => part !== '.' && !/^\(.*\)$/.test(part));
  return `/${parts.map((part) => part.replace(/^\[(\w+)\]$/, '{$1}')).join('/')}`;
}

export function createRouteTemplate(templates: readonly string[]): RouteTemplate {
  const byLength = Map.groupBy(
    templates.map((template) => ({ template, parts: partsOf(template) })),
    ({ parts }) => parts.length,
  );
  return (url) => {
    const path = url.split(/[?#]/, 1)[0] ?? '';
    const parts = partsOf(path);
    if (`/${parts[0] ?? ''}` === builtFiles) return builtFiles;
    const fitting = (byLength.get(parts.length) ?? []).filter((candidate) =>
      candidate.parts.every((part, index) => part === parts[index] || part.startsWith('{')),
    );
    // A name that stands there beats a place for any name.
    const [best] = fitting.toSorted((a, b) => placesIn(a.parts) - placesIn(b.parts));
    return best?.template ?? noRoute;
  };
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '');
}

function placesIn(parts: readonly string[]): number {
  return parts.filter((part) => part.startsWith('{')).length;
}
