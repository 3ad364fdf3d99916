import { askConsole } from '#cli/console-client.ts';
import type { Output } from '#cli/output.ts';
import { printable } from '#cli/print.ts';
import { overviewResponse } from '#lib/api/queues.ts';
import type { Filter } from '#lib/filter/filter.ts';
import { parse } from '#lib/filter/parse.ts';
import { matchesQueue } from '#lib/filter/queue-pattern.ts';
import { didYouMean } from '#lib/words/did-you-mean.ts';

/** Nothing was met: says which queues of the filter there are none of. Asks the console only where the filter names some. */
export async function noteUnknownQueues(url: string, filter: string | null, output: Output): Promise<void> {
  const read = parse(filter ?? '', { now: 0 });
  const named = 'error' in read ? [] : queuesIn(read.filter);
  if (named.length === 0) return;
  const { queues } = await askConsole(url, overviewResponse, 'queues');
  const known = queues.flatMap(({ id }) => [id, id.slice(id.indexOf('/') + 1)]);
  for (const { pattern, isExact } of named) {
    if (queues.some(({ id }) => (isExact ? id === pattern : matchesQueue(pattern, id)))) continue;
    output.note(`no queue is ${printable(pattern)}.${printable(didYouMean(pattern, known))}`);
  }
}

/** Nobody's lag was told: says so where there is no such connection. */
export async function noteUnknownConnection(url: string, name: string, output: Output): Promise<void> {
  const { connections } = await askConsole(url, overviewResponse, 'queues');
  const known = connections.map((each) => each.name);
  output.note(
    known.includes(name)
      ? `of the connection ${printable(name)} no lag is read`
      : `there is no connection ${printable(name)}.${printable(didYouMean(name, known))}`,
  );
}

interface NamedQueue {
  readonly pattern: string;
  readonly isExact: boolean;
}

/** Without those that are excluded. */
function queuesIn(filter: Filter): readonly NamedQueue[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.terms.flatMap(queuesIn);
    case 'queue':
      return [{ pattern: filter.pattern, isExact: false }];
    case 'equals':
      return filter.field === 'queue' ? [{ pattern: filter.value, isExact: true }] : [];
    default:
      return [];
  }
}
