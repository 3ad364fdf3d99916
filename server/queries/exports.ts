import type { z } from 'zod';
import type { MessageRow } from '#lib/api/messages.ts';
import type { exportsQuery } from '#lib/api/views.ts';
import { valueText } from '#lib/conventions/header-index.ts';
import { csvRow } from '#lib/csv/csv-row.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { Header } from '#lib/domain/message.ts';
import { maskHeader } from '#lib/masking/mask-message.ts';
import type { Masking } from '#lib/masking/masking.ts';
import { wholeHeaderText } from '#lib/payload/show-header.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { readableBytes, readableKey } from '#server/queries/message.ts';
import { readFilter } from '#server/queries/messages.ts';
import { toMessageRow } from '#server/queries/to-view.ts';
import { withWholeGroups } from '#server/queries/whole-groups.ts';
import type { MessagePage } from '#server/store/store.ts';

export type ExportsQuery = z.output<typeof exportsQuery>;

/** A piece of the file, and how many messages are in it. */
export interface ExportPart {
  readonly text: string;
  readonly messages: number;
}

const pageLimit = 500;

/**
 * The dead letters that a filter meets as they were when it was asked: what arrives meanwhile is not among them. Newest first, a page of the
 * store in memory at a time, and the next is read when it is asked for. Throws before its first part where the query is not right.
 */
export async function* exportMessages(runtime: Runtime, query: ExportsQuery): AsyncGenerator<ExportPart, void, void> {
  const asOf = runtime.clock.now();
  const withContent = query.content === 'true';
  if (withContent && query.format === 'csv') {
    throw new AppError('invalid_request', 'content: bodies and headers are in NDJSON only. Ask for format=ndjson.', {
      details: { field: 'content' },
    });
  }
  const { filter: asked, range } = readFilter(query, asOf, runtime.masking);
  const filter = await withWholeGroups(runtime.store, asked);
  yield { text: query.format === 'csv' ? csvRow(columns.map(({ name }) => name)) : '', messages: 0 };
  let cursor: string | null = null;
  do {
    const page: MessagePage = await runtime.store.index.listMessages({ filter, range, cursor, limit: pageLimit });
    const rows = page.messages
      .filter((letter) => letter.firstSeenAt <= asOf)
      .map((letter) => toMessageRow(letter, runtime.masking, runtime.quarantineAfter));
    if (withContent) {
      for (const row of rows) yield { text: jsonLine({ ...row, ...(await contentOf(runtime, row.id)) }), messages: 1 };
    } else {
      const write = query.format === 'csv' ? toCsv : jsonLine;
      yield { text: rows.map(write).join(''), messages: rows.length };
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
}

function jsonLine(row: object): string {
  return `${JSON.stringify(row)}\n`;
}

/** The columns of a CSV. */
const columns: readonly { readonly name: string; readonly value: (row: MessageRow) => string | number | null }[] = [
  { name: 'id', value: (row) => row.id },
  { name: 'at', value: (row) => iso(row.at) },
  { name: 'state', value: (row) => row.state },
  { name: 'queue', value: (row) => row.queueId },
  { name: 'position', value: (row) => row.identity },
  { name: 'error_class', value: (row) => row.errorClass },
  { name: 'error_message', value: (row) => row.errorMessage },
  { name: 'reason', value: (row) => row.reason },
  { name: 'attempts', value: (row) => row.attempts },
  { name: 'returns', value: (row) => row.returns },
  { name: 'key', value: (row) => row.key },
  { name: 'event_type', value: (row) => row.eventType },
  { name: 'event_id', value: (row) => row.eventId },
  { name: 'correlation_id', value: (row) => row.correlationId },
  { name: 'causation_id', value: (row) => row.causationId },
  { name: 'trace_id', value: (row) => row.traceId },
  { name: 'origin', value: (row) => row.origin.label },
  { name: 'failed_in', value: (row) => row.origin.failedIn },
  { name: 'produced_at', value: (row) => (row.originalAt === null ? null : iso(row.originalAt)) },
  { name: 'size_bytes', value: (row) => row.sizeBytes },
  { name: 'group', value: (row) => row.fingerprint },
  { name: 'preview', value: (row) => row.preview },
];

function toCsv(row: MessageRow): string {
  return csvRow(columns.map(({ value }) => value(row)));
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

async function contentOf(runtime: Runtime, id: string) {
  const letter = await runtime.store.index.getMessage(id);
  const { headers, properties, body, key } = letter.raw;
  const bytes = await readableBytes(runtime, letter);
  return {
    // What `key` of the row may be the beginning of.
    wholeKey: key === null ? null : contentBytes(await readableKey(runtime, letter)),
    headers: headers.map((header) => headerOf(header, runtime.masking)),
    properties: properties.map((property) => headerOf(property, runtime.masking)),
    body: body === null ? null : contentBytes(bytes),
  };
}

/** A sentence says why they are not given out. */
function contentBytes(bytes: Uint8Array | string) {
  return typeof bytes === 'string' ? { withheld: bytes } : bytesOf(bytes);
}

function headerOf(given: Header, masking: Masking | undefined) {
  const header = masking ? maskHeader(given, masking) : given;
  const { name, value } = header;
  if (value.kind === 'bytes') return { name, ...bytesOf(value.bytes) };
  return { name, text: valueText(value) ?? wholeHeaderText(header) };
}

/** Text where it is text, to the letter; else base64. */
function bytesOf(bytes: Uint8Array): { readonly text: string } | { readonly base64: string } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = buffer.toString('utf8');
  return text.includes('\ufffd') && !buffer.equals(Buffer.from(text))
    ? { base64: buffer.toString('base64') }
    : { text };
}
