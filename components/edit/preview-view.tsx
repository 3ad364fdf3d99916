import { bodyWords, sentence } from '#components/edit/prepare-edit.ts';
import { DiffLines } from '#components/message-detail/diff-lines.tsx';
import { MessageLink } from '#components/message-detail/message-link.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import type { EditPreview } from '#lib/api/edits.ts';

/** Of one among several: which it is, and what an edit makes of it. */
export function NamedPreview({ preview }: { preview: EditPreview }) {
  return (
    <>
      <p className="mb-1 text-xs">
        <MessageLink messageId={preview.messageId}>
          <HostileText text={preview.identity} charactersMax={60} />
        </MessageLink>
      </p>
      <PreviewView preview={preview} />
    </>
  );
}

/** What an edit makes of one message: its problems, or what would be different. */
export function PreviewView({ preview }: { preview: EditPreview }) {
  const { problems, diff, before, after } = preview;
  const headers = preview.headers.filter(({ change }) => change !== 'same');
  if (problems.length > 0)
    return (
      <ul className="grid gap-1 rounded-md bg-failing-soft px-3 py-2 text-failing">
        {problems.map(({ text }) => (
          <li key={text} className="break-words">
            <b className="font-semibold">Not sent: </b>
            <HostileText text={sentence(text)} charactersMax={600} />
          </li>
        ))}
      </ul>
    );
  const isSame = (diff === null || diff.added + diff.removed === 0) && headers.length === 0 && preview.key === null;
  return (
    <div className="grid gap-2">
      {isSame && <p className="text-soft">Nothing that is shown changes.</p>}
      {diff !== null && diff.added + diff.removed > 0 && (
        <div>
          <DiffLines lines={diff.lines} />
          <p className="mt-1 text-2xs text-faint">
            {bodyWords(before)}
            {after && ` → ${bodyWords(after)}`}
            {before.maskedBy.length > 0 && ` · masked: ${before.maskedBy.join(', ')}`}
          </p>
        </div>
      )}
      {(headers.length > 0 || preview.key !== null) && (
        <div className="font-mono text-xs/[20px] break-words">
          {headers.map(({ name, before: was, after: is }) => (
            <div key={name}>
              {was !== null && <Line sign="−" word="removed: " look="bg-failing-soft" text={`${name}: ${was}`} />}
              {is !== null && <Line sign="+" word="added: " look="bg-settled-soft" text={`${name}: ${is}`} />}
            </div>
          ))}
          {preview.key !== null && (
            <>
              <Line sign="−" word="removed: " look="bg-failing-soft" text={`key: ${preview.key.before ?? 'none'}`} />
              <Line sign="+" word="added: " look="bg-settled-soft" text={`key: ${preview.key.after ?? 'none'}`} />
            </>
          )}
        </div>
      )}
    </div>
  );
}

function Line({ sign, word, look, text }: { sign: string; word: string; look: string; text: string }) {
  return (
    <div className={`flex ${look}`}>
      <span aria-hidden className="w-4 shrink-0 text-center select-none">
        {sign}
      </span>
      <span className="min-w-0 flex-1">
        <span className="sr-only">{word}</span>
        <HostileText text={text} charactersMax={600} />
      </span>
    </div>
  );
}
