import { countOf } from '#components/ui/numbers.ts';
import type { MessagesResponse } from '#lib/api/messages.ts';

/** Of how many messages nobody knows whether the filter meets them, under the table, where it is seen wherever the table stands. */
export function UnsearchedNote({ unsearched }: { unsearched: MessagesResponse['unsearched'] | undefined }) {
  if (!unsearched) return null;
  return (
    <div
      role="status"
      className="flex min-h-9 shrink-0 flex-wrap items-center gap-x-3 border-t border-line px-3 py-1 text-xs text-attention"
    >
      {unsearched.capped ? 'At least ' : ''}
      {countOf(unsearched.count, 'payload')} could not be looked into: the schema was not there, it is too much to
      decode, or it is damaged
    </div>
  );
}
