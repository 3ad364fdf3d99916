import clsx from 'clsx';
import { lineLooks } from '#components/message-detail/prepare-diff.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';
import type { TextDiff } from '#lib/payload/diff.ts';

/** The lines of a difference, each with its sign and a word. */
export function DiffLines({ lines }: { lines: TextDiff['lines'] }) {
  return (
    <pre className="font-mono text-xs/[19px] break-words whitespace-pre-wrap">
      {lines.map(({ kind, text }, index) => (
        <div key={index} className={clsx('flex', lineLooks[kind].look)}>
          <span aria-hidden className="w-4 shrink-0 text-center select-none">
            {lineLooks[kind].sign}
          </span>
          <span className="min-w-0 flex-1">
            <span className="sr-only">{lineLooks[kind].word}</span>
            <HostileText text={text} charactersMax={1_100} />
          </span>
        </div>
      ))}
    </pre>
  );
}
