import { toErrorRecord } from '#lib/domain/errors.ts';
import type { Caller } from '#server/http/caller.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { textStream } from '#server/http/text-stream.ts';
import { exportMessages, type ExportsQuery } from '#server/queries/exports.ts';

const types = { csv: 'text/csv; charset=utf-8; header=present', ndjson: 'application/x-ndjson' } as const;

/** A file of dead letters. Its beginning and its end are audited: who took what, and how much of it. */
export async function exportResponse(runtime: Runtime, query: ExportsQuery, caller: Caller): Promise<Response> {
  const parts = auditedParts(runtime, query, caller);
  const first = await parts.next();
  const stamp = new Date(runtime.clock.now()).toISOString().replace(/[:.]/g, '-');
  return new Response(textStream(first, parts), {
    headers: {
      'content-type': types[query.format],
      'content-disposition': `attachment; filename="dead-letters-${stamp}.${query.format}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
}

async function* auditedParts(
  runtime: Runtime,
  query: ExportsQuery,
  caller: Caller,
): AsyncGenerator<string, void, void> {
  const filter = runtime.masking?.text(query.filter) ?? query.filter;
  const entry = {
    actor: caller.actor,
    action: query.content === 'true' ? 'messages.export.content' : 'messages.export',
    target: `${query.format}: ${filter.trim() === '' ? 'everything' : filter.trim()}`.slice(0, 500),
    reason: null,
    from: caller.from,
  };
  const append = (result: string) => runtime.store.ledger.appendAudit({ ...entry, at: runtime.clock.now(), result });
  const parts = exportMessages(runtime, query);
  const head = await parts.next();
  await append('started');
  let messages = 0;
  let result = 'broken off by the client';
  try {
    if (head.done !== true) yield head.value.text;
    for await (const part of parts) {
      messages += part.messages;
      yield part.text;
    }
    result = 'done';
  } catch (error) {
    result = toErrorRecord(error).code;
    throw error;
  } finally {
    await append(`${result}, ${messages} messages`).catch((error: unknown) =>
      console.error(`audit: ${entry.action}: ${toErrorRecord(error).message}`),
    );
  }
}
