import clsx from 'clsx';
import { ownLines, type TraceLine } from '#components/message-detail/prepare-frames.ts';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { formatCount } from '#components/ui/numbers.ts';
import { ScrollBox } from '#components/ui/scroll-box.tsx';
import { TabbedSection } from '#components/ui/tabs.tsx';
import type { MessageDetail } from '#lib/api/messages.ts';

/** The first question: what went wrong. */
export function FailureWords({
  message,
}: {
  message: Pick<MessageDetail, 'errorClass' | 'errorMessage' | 'reason' | 'attempts'>;
}) {
  const { errorClass, errorMessage, reason, attempts } = message;
  const facts = [
    reason === null ? null : `broker’s reason: ${reason}`,
    attempts === null ? null : `${formatCount(attempts)} ${attempts === 1 ? 'try' : 'tries'}`,
  ].filter((fact) => fact !== null);
  return (
    <div className="break-words">
      {errorClass !== null && (
        <p className="font-mono text-sm font-semibold text-failing">
          <HostileText text={errorClass} charactersMax={300} />
        </p>
      )}
      {errorMessage !== null && (
        <ScrollBox scrolls={errorMessage.length > 400} className="mt-0.5 max-h-60 whitespace-pre-wrap">
          <HostileText text={errorMessage} multiline />
        </ScrollBox>
      )}
      {errorClass === null && errorMessage === null && (
        <p className="text-soft">
          {reason === null
            ? 'The message does not say what went wrong: it carries no failure headers that are known.'
            : 'The message carries no error text.'}
        </p>
      )}
      {facts.length > 0 && <p className="mt-0.5 text-xs text-faint">{facts.join(' · ')}</p>}
    </div>
  );
}

export function StackTrace({ frames, stackTrace }: { frames: MessageDetail['frames']; stackTrace: string }) {
  const hasOwn = frames.some((frame) => frame.kind === 'yours');
  return (
    <TabbedSection
      title="Stack trace"
      start="own"
      actions={<CopyButton text={stackTrace} label="Copy the stack trace" />}
      tabs={[
        { id: 'own', label: hasOwn ? 'your code' : 'top', content: <Lines lines={ownLines(frames)} /> },
        { id: 'all', label: `all ${formatCount(frames.length)}`, content: <Lines lines={frames} /> },
      ]}
    />
  );
}

function Lines({ lines }: { lines: readonly TraceLine[] }) {
  return (
    <pre className="font-mono text-xs/[19px] break-words whitespace-pre-wrap">
      {lines.map((line, index) => (
        <div
          key={index}
          className={clsx(
            line.kind === 'yours' ? 'text-text' : line.kind === 'cause' ? 'font-semibold text-failing' : 'text-faint',
          )}
        >
          {line.kind === 'yours' ? (
            <span className="rounded-[3px] bg-attention-soft box-decoration-clone">
              <HostileText text={line.text.trim()} charactersMax={500} />
            </span>
          ) : (
            <HostileText text={line.text.trim()} charactersMax={500} />
          )}
        </div>
      ))}
    </pre>
  );
}
