import type { z } from 'zod';
import type { itemsExportQuery } from '#lib/api/replays.ts';
import { toErrorRecord } from '#lib/domain/errors.ts';
import type { Caller } from '#server/http/caller.ts';
import { processLog, type Runtime } from '#server/http/runtime.ts';
import { failed } from '#server/log/log.ts';
import { textStream } from '#server/http/text-stream.ts';
import { exportItems } from '#server/queries/export-items.ts';
import { exportMessages, type ExportPart, type ExportsQuery } from '#server/queries/exports.ts';

const types = { csv: 'text/csv; charset=utf-8; header=present', ndjson: 'application/x-ndjson' } as const;

/** A file of dead letters. Its beginning and its end are audited: who took what, and how much of it. */
export async function exportResponse(runtime: Runtime, query: ExportsQuery, caller: Caller): Promise<Response> {
  const filter = runtime.masking?.text(query.filter) ?? query.filter;
  return fileResponse(runtime, caller, {
    name: 'dead-letters',
    format: query.format,
    action: query.content === 'true' ? 'messages.export.content' : 'messages.export',
    target: `${query.format}: ${filter.trim() === '' ? 'everything' : filter.trim()}`.slice(0, 500),
    parts: exportMessages(runtime, query),
  });
}

/** The items of a replay with what became of each; `not_found` for an unknown one. */
export async function itemsExportResponse(
  runtime: Runtime,
  idOrNumber: string,
  query: z.output<typeof itemsExportQuery>,
  caller: Caller,
): Promise<Response> {
  const { id, number } = await runtime.store.ledger.getReplay(idOrNumber);
  return fileResponse(runtime, caller, {
    name: `replay-${number}`,
    format: query.format,
    action: 'replay.export',
    target: id,
    parts: exportItems(runtime, id, query),
  });
}

interface ExportedFile {
  readonly name: string;
  readonly format: keyof typeof types;
  /** As it stands in the audit. */
  readonly action: string;
  readonly target: string;
  readonly parts: AsyncGenerator<ExportPart, void, void>;
}

async function fileResponse(runtime: Runtime, caller: Caller, file: ExportedFile): Promise<Response> {
  const parts = auditedParts(runtime, caller, file);
  const first = await parts.next();
  const stamp = new Date(runtime.clock.now()).toISOString().replace(/[:.]/g, '-');
  return new Response(textStream(first, parts), {
    headers: {
      'content-type': types[file.format],
      'content-disposition': `attachment; filename="${file.name}-${stamp}.${file.format}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
}

async function* auditedParts(
  runtime: Runtime,
  caller: Caller,
  { action, target, parts }: ExportedFile,
): AsyncGenerator<string, void, void> {
  const entry = { actor: caller.actor, action, target, reason: null, from: caller.from };
  const append = (result: string) => runtime.store.ledger.appendAudit({ ...entry, at: runtime.clock.now(), result });
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
      processLog().error(...failed(`audit of ${entry.action}`, error)),
    );
  }
}
