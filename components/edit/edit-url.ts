import type { PlanSelection } from '#components/queries/replays.ts';

/** What is edited, as its page's address says it. */
export type EditSelection =
  | { readonly kind: 'message'; readonly messageId: string; readonly replay: string | null }
  | { readonly kind: 'messages'; readonly messageIds: readonly string[] }
  | {
      readonly kind: 'filter';
      readonly filter: string;
      readonly from?: number;
      readonly to?: number;
      readonly asOf?: number;
      readonly excluded: readonly string[];
    }
  /** Kept by the tab that it was made in, and gone with it. */
  | { readonly kind: 'gone' };

/** More ids than fit an address are kept by the tab. */
const idsInAddressMax = 150;
const storedPrefix = 'redeliver-edit-';

/** Where one message is edited, or what a replay's edit made of it is looked at. */
export function editMessageHref(messageId: string, replay: string | number | null = null): string {
  const search = new URLSearchParams({ message: messageId, ...(replay !== null && { replay: String(replay) }) });
  return `/edit?${search.toString()}`;
}

/** Where a selection is edited. Runs in the browser: a long one is put aside there. */
export function editSelectionHref(selection: PlanSelection, storage: Pick<Storage, 'setItem'>): string {
  if ('messageIds' in selection && selection.messageIds.length === 1)
    return editMessageHref(selection.messageIds[0] ?? '');
  const ids = 'messageIds' in selection ? selection.messageIds : selection.excluded;
  if (ids.length > idsInAddressMax) {
    const key = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
    storage.setItem(storedPrefix + key, JSON.stringify(selection));
    return `/edit?picked=${key}`;
  }
  if ('messageIds' in selection) return `/edit?${new URLSearchParams({ messages: ids.join(',') }).toString()}`;
  const { filter, from, to, asOf, excluded } = selection;
  const search = new URLSearchParams({
    filter,
    ...(asOf !== undefined && { asOf: String(asOf) }),
    ...(from !== undefined && { from: String(from) }),
    ...(to !== undefined && { to: String(to) }),
    ...(excluded.length > 0 && { excluded: excluded.join(',') }),
  });
  return `/edit?${search.toString()}`;
}

export function readEditUrl(search: URLSearchParams, storage: Pick<Storage, 'getItem'>): EditSelection {
  const messageId = search.get('message');
  if (messageId !== null && messageId !== '') return { kind: 'message', messageId, replay: search.get('replay') };
  const ids = search.get('messages');
  if (ids !== null && ids !== '') return { kind: 'messages', messageIds: ids.split(',').slice(0, idsInAddressMax) };
  const picked = search.get('picked');
  if (picked !== null) return readPicked(storage.getItem(storedPrefix + picked));
  const filter = search.get('filter');
  if (filter === null) return { kind: 'gone' };
  const number = (name: string) => {
    const value = Number(search.get(name) ?? 'x');
    return Number.isSafeInteger(value) ? value : undefined;
  };
  const [from, to, asOf] = [number('from'), number('to'), number('asOf')];
  const excluded = (search.get('excluded') ?? '').split(',').filter((id) => id !== '');
  return {
    kind: 'filter',
    filter,
    ...(asOf !== undefined && { asOf }),
    excluded,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
}

function readPicked(stored: string | null): EditSelection {
  const parsed: unknown = stored === null ? null : JSON.parse(stored);
  if (typeof parsed !== 'object' || parsed === null) return { kind: 'gone' };
  if ('messageIds' in parsed && Array.isArray(parsed.messageIds))
    return { kind: 'messages', messageIds: parsed.messageIds.map(String) };
  if (!('filter' in parsed) || !('excluded' in parsed)) return { kind: 'gone' };
  const { filter, excluded } = parsed;
  return {
    kind: 'filter',
    filter: String(filter),
    ...('asOf' in parsed && { asOf: Number(parsed.asOf) }),
    excluded: Array.isArray(excluded) ? excluded.map(String) : [],
    ...('from' in parsed && { from: Number(parsed.from) }),
    ...('to' in parsed && { to: Number(parsed.to) }),
  };
}
