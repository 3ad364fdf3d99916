import { formatCount } from '#components/ui/numbers.ts';
import type { DiffResponse } from '#lib/api/diff.ts';

type Line = NonNullable<DiffResponse['diff']>['lines'][number];

/** A sign and a word for each line: colour alone tells nothing to some. */
export const lineLooks: Readonly<
  Record<Line['kind'], { readonly sign: string; readonly word: string; readonly look: string }>
> = {
  same: { sign: ' ', word: '', look: '' },
  added: { sign: '+', word: 'added: ', look: 'bg-settled-soft' },
  removed: { sign: '−', word: 'removed: ', look: 'bg-failing-soft' },
  gap: { sign: '', word: '', look: 'text-faint' },
};

/** What the comparison comes to, in a sentence. */
export function diffSentence({ diff, sameBytes, isNewer, with: compared, withheld }: DiffResponse): string {
  if (!compared)
    return 'There is nothing to compare it with: it never came back, and no other dead letter of its queue has its key.';
  if (withheld !== null) return withheld;
  if (!diff) return 'It cannot be compared.';
  const direction = isNewer ? 'from that one to this one' : 'from this one to that one';
  if (diff.added + diff.removed === 0) {
    if (sameBytes === true) return 'The payloads are the same, byte for byte.';
    return sameBytes === false
      ? 'What is shown of the payloads is the same; their bytes differ.'
      : 'What is shown of the payloads is the same; what is masked was not compared.';
  }
  const parts = [
    diff.added > 0 ? `${formatCount(diff.added)} ${diff.added === 1 ? 'line' : 'lines'} added` : null,
    diff.removed > 0 ? `${formatCount(diff.removed)} ${diff.removed === 1 ? 'line' : 'lines'} removed` : null,
  ].filter((part) => part !== null);
  const rest = diff.cut ? ' They have little in common: not all of it is shown.' : '';
  return `${parts.join(', ')}, ${direction}.${rest}`;
}

/** As a patch has it, for the clipboard. */
export function diffText(lines: readonly Line[]): string {
  return lines
    .map(({ kind, text }) =>
      kind === 'gap' ? `@@ ${text} @@` : `${{ same: ' ', added: '+', removed: '-' }[kind]}${text}`,
    )
    .join('\n');
}
