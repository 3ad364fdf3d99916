import type { Header } from '#lib/domain/message.ts';
import type { HeaderEdit } from '#lib/domain/message-edit.ts';
import { maskHeader } from '#lib/masking/mask-message.ts';
import type { Masking } from '#lib/masking/masking.ts';

/** Whether a masked header is set, by one of the edits: that it stays the same would tell that its value was guessed. */
export function setsMasked(edits: readonly HeaderEdit[], headers: readonly Header[], masking: Masking): boolean {
  const set = new Set(edits.flatMap(({ change, name }) => (change === 'set' ? [name] : [])));
  return headers.some((header) => set.has(header.name) && maskHeader(header, masking) !== header);
}
