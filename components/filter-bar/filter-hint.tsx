'use client';

import { Button } from '#components/ui/button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { lookAlikes, withMeant } from '#lib/filter/look-alikes.ts';

const wordsMax = 80;

/** Beside the chips: a condition without its colon is only text, and finds nothing without a word. */
export function FilterHint({ typed, onRewrite }: { typed: string; onRewrite: (text: string) => void }) {
  const [first] = lookAlikes(typed);
  if (!first) return null;
  return (
    <p role="status" className="flex h-6 max-w-3/4 min-w-0 shrink-0 items-center gap-1.5 text-xs text-attention">
      <span className="min-w-0 truncate">
        <code className="font-mono">
          <HostileText text={first.written} charactersMax={wordsMax} />
        </code>{' '}
        is looked for as text. Did you mean
      </span>
      <Button size="small" title="Put it in" onClick={() => onRewrite(withMeant(typed, first))}>
        <code className="font-mono">
          <HostileText text={first.meant} charactersMax={wordsMax} />
        </code>
      </Button>
    </p>
  );
}
