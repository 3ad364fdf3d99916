import { Fragment } from 'react';
import { commandPieces, hasLongWord } from '#components/risks/prepare-risks.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { ScrollBox } from '#components/ui/scroll-box.tsx';

/** Commands to be copied. A line ends between two words: half a word would be read as two, and one that is longer than its place scrolls. */
export function CommandText({ code }: { code: string }) {
  return (
    <ScrollBox scrolls={hasLongWord(code)} className="mt-1 font-mono text-2xs">
      <code className="block whitespace-pre-wrap">
        {commandPieces(code).map(({ kind, text }, index) =>
          kind === 'space' ? (
            text
          ) : (
            <Fragment key={index}>
              <wbr />
              <span className="whitespace-nowrap">
                <HostileText text={text} charactersMax={2_000} />
              </span>
            </Fragment>
          ),
        )}
      </code>
    </ScrollBox>
  );
}
