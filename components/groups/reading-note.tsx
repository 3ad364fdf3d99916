import { countOf } from '#components/ui/numbers.ts';

/** Counts that are not final say so. */
export function ReadingNote({ reading }: { reading: readonly string[] }) {
  if (reading.length === 0) return null;
  return (
    <span role="status" title={reading.join('\n')} className="truncate text-xs text-motion">
      {countOf(reading.length, 'queue')} still being read: counts rise
    </span>
  );
}
