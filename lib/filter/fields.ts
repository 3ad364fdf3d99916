import { deadLetterStates } from '#lib/domain/dead-letter.ts';

/** What can stand before a colon in a filter. Help, completion and error messages are made from it. */
export interface FilterField {
  readonly name: string;
  /** One sentence for help and completion. */
  readonly does: string;
  readonly value: 'text' | 'exact' | 'pattern' | 'state' | 'instant';
  /** All values that are possible, where they are few. */
  readonly values?: readonly string[];
  readonly example: string;
  /** Whether `name:=value` asks for the whole value as it is written, instead of a part of it or a pattern. */
  readonly exactToo?: true;
}

export const filterFields = [
  { name: 'error', does: 'Error class or message contains', value: 'text', example: 'error:"connection refused"' },
  { name: 'class', does: 'Error class is', value: 'exact', example: 'class:TimeoutError' },
  { name: 'state', does: 'State is', value: 'state', values: deadLetterStates, example: 'state:new' },
  {
    name: 'queue',
    does: 'Queue is; * stands for anything, or with := is connection/name',
    value: 'pattern',
    example: 'queue:orders.*',
    exactToo: true,
  },
  { name: 'connection', does: 'Connection is', value: 'exact', example: 'connection:kafka' },
  { name: 'key', does: 'Key contains, or with := is', value: 'text', example: 'key:customer-42', exactToo: true },
  { name: 'type', does: 'Event type contains, or with := is', value: 'text', example: 'type:order', exactToo: true },
  { name: 'correlation', does: 'Correlation id is', value: 'exact', example: 'correlation:c0ffee' },
  { name: 'event', does: 'Event id is', value: 'exact', example: 'event:evt-118' },
  { name: 'replay', does: 'Was touched by the replay with this id', value: 'exact', example: 'replay:k3v9' },
  { name: 'since', does: 'Dead-lettered at or after', value: 'instant', example: 'since:2h' },
  { name: 'until', does: 'Dead-lettered before', value: 'instant', example: 'until:2026-01-31T12:00Z' },
] as const satisfies readonly FilterField[];

export type FieldName = (typeof filterFields)[number]['name'];

export function findField(name: string): (typeof filterFields)[number] | undefined {
  return filterFields.find((field) => field.name === name.toLowerCase());
}

/** The field that was probably meant; `null` when none is near. */
export function nearestField(name: string): FieldName | null {
  const wanted = name.toLowerCase().slice(0, 20);
  const ranked = filterFields
    .map((field) => ({ name: field.name, distance: editDistance(wanted, field.name) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  const starts = filterFields.find(
    (field) => wanted.length > 1 && (field.name.startsWith(wanted) || wanted.startsWith(field.name)),
  );
  if (starts) return starts.name;
  return best && best.distance <= 2 ? best.name : null;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [line, letter] of a.split('').entries()) {
    const next = [line + 1];
    for (const [column, other] of b.split('').entries()) {
      const swap = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(swap, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
