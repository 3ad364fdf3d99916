import type { z } from 'zod';
import type { itemsExportQuery, ReplayItemView } from '#lib/api/replays.ts';
import { csvRow } from '#lib/csv/csv-row.ts';
import type { ReplayItem } from '#lib/domain/replay.ts';
import { itemNumber } from '#lib/replay/item-number.ts';
import type { Runtime } from '#server/http/runtime.ts';
import type { ExportPart } from '#server/queries/exports.ts';
import { itemViews } from '#server/queries/item-views.ts';
import { itemsWith } from '#server/queries/replays.ts';

const pageItems = 1_000;

/** The items of a replay in the order of sending, a page of the ledger in memory at a time. */
export async function* exportItems(
  runtime: Runtime,
  replayId: string,
  { format, outcome }: z.output<typeof itemsExportQuery>,
): AsyncGenerator<ExportPart, void, void> {
  yield { text: format === 'csv' ? csvRow(columns.map(({ name }) => name)) : '', messages: 0 };
  const { ledger } = runtime.store;
  const { options } = await ledger.getReplay(replayId);
  for (let after: number | null = null; ;) {
    const page: readonly ReplayItem[] = await ledger.listItems(replayId, {
      ...(outcome === undefined ? {} : itemsWith[outcome]),
      after,
      limit: pageItems,
    });
    const rows = await itemViews(runtime, page, options);
    if (rows.length > 0) yield { text: rows.map(format === 'csv' ? toCsv : toLine).join(''), messages: rows.length };
    after = page.at(-1)?.ordinal ?? null;
    if (page.length < pageItems) return;
  }
}

function toLine(row: ReplayItemView): string {
  return `${JSON.stringify(row)}\n`;
}

const columns: readonly {
  readonly name: string;
  readonly value: (row: ReplayItemView) => string | number | null;
}[] = [
  { name: 'number', value: itemNumber },
  { name: 'item', value: (row) => row.id },
  { name: 'message', value: (row) => row.messageId },
  { name: 'queue', value: (row) => row.queueId },
  { name: 'position', value: (row) => row.identity },
  { name: 'key', value: (row) => row.message?.key ?? null },
  { name: 'error_class', value: (row) => row.message?.errorClass ?? null },
  { name: 'error_message', value: (row) => row.message?.errorMessage ?? row.message?.reason ?? null },
  { name: 'destination', value: (row) => row.destinationLabel },
  { name: 'state', value: (row) => row.state },
  { name: 'reason', value: (row) => row.reason?.message ?? null },
  { name: 'sent_position', value: (row) => row.sentPosition },
  { name: 'intended_at', value: (row) => iso(row.intendedAt) },
  { name: 'sent_at', value: (row) => iso(row.sentAt) },
  { name: 'settled_at', value: (row) => iso(row.settledAt) },
  { name: 'returned_at', value: (row) => iso(row.returned?.at ?? null) },
  { name: 'returned_as', value: (row) => row.returned?.messageId ?? null },
  { name: 'returned_by', value: (row) => row.returned?.by ?? null },
  { name: 'same_error', value: (row) => (row.returned === null ? null : sameWords(row.returned.sameError)) },
  { name: 'returns', value: (row) => row.returned?.count ?? null },
  { name: 'decided', value: (row) => row.decision?.outcome ?? null },
  { name: 'decided_by', value: (row) => row.decision?.by ?? null },
  { name: 'decided_why', value: (row) => row.decision?.reason ?? null },
];

function toCsv(row: ReplayItemView): string {
  return csvRow(columns.map(({ value }) => value(row)));
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

function sameWords(sameError: boolean | null): string {
  if (sameError === null) return 'not compared';
  return sameError ? 'yes' : 'no';
}
