import { deadLetterStates } from '#lib/domain/dead-letter.ts';
import { nearestName } from '#lib/words/did-you-mean.ts';

/** What can stand before a colon in a filter. Help, completion, error messages and `docs/filter-language.md` are held to it. */
export interface FilterField {
  readonly name: string;
  /** One sentence for help and completion. */
  readonly does: string;
  /**
   * `text`: a part of it, ignoring case. `exact`: the whole value as it is written. `time`, `count`, `bytes`: a value or a range.
   * `named`: `header.NAME:` or `payload.PATH:`. `instant`: holds for the whole filter.
   */
  readonly value: 'text' | 'exact' | 'pattern' | 'state' | 'group' | 'time' | 'count' | 'bytes' | 'named' | 'instant';
  /** All values that are possible, where they are few. */
  readonly values?: readonly string[];
  readonly example: string;
  /** Whether `name:=value` asks for the whole value as it is written, instead of a part of it or a pattern. */
  readonly exactToo?: true;
}

export const filterFields = [
  { name: 'error', does: 'Error class or message contains', value: 'text', example: 'error:"connection refused"' },
  { name: 'class', does: 'Error class is', value: 'exact', example: 'class:TimeoutError' },
  { name: 'group', does: 'Belongs to the error group', value: 'group', example: 'group:k3v9x0c2m4n6b8q1w5e7' },
  { name: 'reason', does: "The broker's reason is", value: 'exact', example: 'reason:delivery_limit' },
  { name: 'state', does: 'State is', value: 'state', values: deadLetterStates, example: 'state:new' },
  {
    name: 'queue',
    does: 'Queue is; * stands for anything, or with := is connection/name',
    value: 'pattern',
    example: 'queue:orders.*',
    exactToo: true,
  },
  { name: 'connection', does: 'Connection is', value: 'exact', example: 'connection:kafka' },
  { name: 'origin', does: 'Where it came from contains', value: 'text', example: 'origin:orders' },
  { name: 'key', does: 'Key contains, or with := is', value: 'text', example: 'key:customer-42', exactToo: true },
  { name: 'type', does: 'Event type contains, or with := is', value: 'text', example: 'type:order', exactToo: true },
  { name: 'correlation', does: 'Correlation id is', value: 'exact', example: 'correlation:c0ffee' },
  { name: 'causation', does: 'Causation id is', value: 'exact', example: 'causation:evt-118' },
  { name: 'event', does: 'Event id is', value: 'exact', example: 'event:evt-118' },
  { name: 'trace', does: 'Trace id is', value: 'exact', example: 'trace:4bf92f3577b34da6' },
  { name: 'replay', does: 'Was touched by the replay with this number or id', value: 'exact', example: 'replay:12' },
  {
    name: 'header',
    does: 'A header or property of this name is; * stands for anything',
    value: 'named',
    example: 'header.tenant:acme',
  },
  {
    name: 'payload',
    does: 'The payload has this value at the path',
    value: 'named',
    example: 'payload.customer.id:42',
  },
  { name: 'attempts', does: 'Attempts so far', value: 'count', example: 'attempts:>3' },
  { name: 'returns', does: 'How often it came back after a replay', value: 'count', example: 'returns:>=3' },
  { name: 'size', does: 'Bytes of key, body and headers', value: 'bytes', example: 'size:>10kb' },
  { name: 'at', does: 'Dead-lettered at', value: 'time', example: 'at:2026-01-31..2026-02-01' },
  { name: 'original', does: 'First produced at', value: 'time', example: 'original:<2026-01-31' },
  { name: 'expires', does: 'The broker deletes it at the earliest', value: 'time', example: 'expires:<3h' },
  { name: 'since', does: 'Dead-lettered at or after', value: 'instant', example: 'since:2h' },
  { name: 'until', does: 'Dead-lettered before', value: 'instant', example: 'until:2026-01-31T12:00Z' },
] as const satisfies readonly FilterField[];

export type FieldName = (typeof filterFields)[number]['name'];

export function findField(name: string): (typeof filterFields)[number] | undefined {
  return filterFields.find((field) => field.name === name.toLowerCase());
}

/** How the field is written before its value. */
export function fieldLabel({ name, value }: FilterField): string {
  if (value !== 'named') return `${name}:`;
  return name === 'header' ? 'header.NAME:' : `${name}.PATH:`;
}

/** The field that was probably meant; `null` when none is near. */
export function nearestField(name: string): FilterField | null {
  const near = nearestName(
    name,
    filterFields.map((field) => field.name),
  );
  return near === null ? null : (findField(near) ?? null);
}
