import clsx from 'clsx';
import { type ReactNode, useState } from 'react';
import { NoteMessages } from '#components/replay/note-messages.tsx';
import { planWords } from '#components/replay/plan-words.ts';
import { noteWords, receiverMark } from '#components/replay/prepare-plan.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { countOf, formatCount } from '#components/ui/numbers.ts';
import { Pill, toneText } from '#components/ui/pill.tsx';
import type { ReplayView } from '#lib/api/replays.ts';
import { unchangedSentence } from '#lib/edit/edit-words.ts';

type Plan = ReplayView['plan'];
type Note = Plan['warnings'][number];

/** Where they go and who will receive them; of a restore, which nobody has to receive, who is there. */
export function PlanDestinations({
  plan,
  past = false,
  isRestore = false,
}: {
  plan: Plan;
  past?: boolean;
  isRestore?: boolean;
}) {
  const words = planWords(plan.total);
  const receiversTitle = isRestore
    ? past
      ? 'who read that queue'
      : 'who reads that queue'
    : past
      ? words.wasThere
      : words.willReceive;
  if (plan.destinations.length === 0) return <p className="text-soft">Nowhere: none of them can be sent.</p>;
  return (
    <ul className="grid gap-2">
      {plan.destinations.map((destination) => (
        <li
          key={`${destination.connection} ${destination.label}`}
          className="grid grid-cols-[minmax(0,1fr)_20px_minmax(0,1.15fr)] items-stretch"
        >
          <div
            className={clsx(
              'min-w-0 rounded-lg border bg-bg px-3 py-2',
              destination.exists ? 'border-accent' : 'border-failing',
            )}
          >
            <div className="text-xs text-soft">
              {countOf(plan.destinations.length > 1 ? destination.count : plan.willSend, 'message')} to
            </div>
            <div className="font-semibold break-words">
              <HostileText text={destination.label} charactersMax={200} isName />
            </div>
            <div className="text-xs text-faint">{destination.connection}</div>
            {!destination.exists && <div className="text-xs text-failing">does not exist</div>}
            {destination.notes.map((note) => (
              <div key={note} className="mt-0.5 text-xs text-soft">
                <HostileText text={note} charactersMax={300} />
              </div>
            ))}
          </div>
          <div aria-hidden className="grid place-items-center text-faint">
            →
          </div>
          <div className="min-w-0 rounded-lg border border-line-strong bg-bg px-3 py-2">
            <div className="text-xs text-soft">{receiversTitle}</div>
            {destination.receivers.length === 0 && <div className="text-soft">nobody that the broker knows of</div>}
            <ul className="grid gap-1">
              {destination.receivers.map((receiver) => {
                const mark = receiverMark(receiver, !isRestore);
                return (
                  <li key={`${receiver.kind} ${receiver.name}`} className="flex flex-wrap items-center gap-x-2">
                    <span
                      className="min-w-0 flex-1 break-words"
                      title={`${receiver.kind === 'queue' ? 'Queue' : 'Consumer group'}, ${receiver.state}`}
                    >
                      <HostileText text={receiver.name} charactersMax={120} isName />
                    </span>
                    <Pill tone={mark.tone}>{mark.word}</Pill>
                  </li>
                );
              })}
            </ul>
          </div>
        </li>
      ))}
      {plan.toFurtherDestinations > 0 && (
        <li className="text-soft">
          and {countOf(plan.toFurtherDestinations, 'message')} to further destinations, too many to list
        </li>
      )}
    </ul>
  );
}

export function PlanNotes({
  replayId,
  plan,
  refusedWord = 'not sent',
}: {
  replayId: string;
  plan: Pick<Plan, 'refusals' | 'warnings'>;
  refusedWord?: string;
}) {
  return (
    <ul>
      {plan.refusals.map((note) => (
        <NoteLine key={`refused ${note.code} ${note.text}`} {...{ replayId, note }} tone="failing" word={refusedWord} />
      ))}
      {plan.warnings.map((note) => (
        <NoteLine key={`warning ${note.code} ${note.text}`} {...{ replayId, note }} tone="attention" word="warning" />
      ))}
    </ul>
  );
}

function NoteLine({
  replayId,
  note,
  tone,
  word,
}: {
  replayId: string;
  note: Note;
  tone: 'failing' | 'attention';
  word: string;
}) {
  const [isOpen, setOpen] = useState(false);
  const line = (
    <>
      <b className={clsx('min-w-9 shrink-0 text-right font-semibold', toneText[tone])}>{formatCount(note.count)}</b>
      <span className="min-w-0 flex-1 break-words">
        <HostileText text={noteWords(note)} charactersMax={600} />
      </span>
      <span className={clsx('shrink-0 text-2xs', toneText[tone])}>{word}</span>
    </>
  );
  if (note.messageIds.length === 0)
    return <li className="flex items-baseline gap-2.5 border-b border-line py-2 last:border-0">{line}</li>;
  return (
    <li className="border-b border-line last:border-0">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="flex list-none items-baseline gap-2.5 rounded-sm py-2 hover:bg-hover">{line}</summary>
        {isOpen && <NoteMessages replayId={replayId} note={note} isRefusal={tone === 'failing'} />}
      </details>
    </li>
  );
}

/** What is different in a message after the replay: headers only, never key or bytes. */
export function PlanHeaderDiff({
  plan,
  edit,
  action,
}: {
  plan: Plan;
  edit: ReplayView['options']['edit'];
  action?: ReactNode;
}) {
  const kinds = new Set(plan.headerChanges.map((change) => change.kind));
  const kept = plan.headerChanges.filter((change) => change.change === 'kept');
  return (
    <div className="font-mono text-xs/[20px] break-words">
      {[...kinds].map((kind) => (
        <div key={kind}>
          {kinds.size > 1 && <div className="font-sans text-faint">{kind}</div>}
          {plan.headerChanges
            .filter((change) => change.kind === kind && change.change !== 'kept')
            .map((change) => (
              <div
                key={`${change.change} ${change.name}`}
                className={change.change === 'added' ? 'text-settled' : 'text-failing'}
                title={change.why ?? undefined}
              >
                {change.change === 'added' ? '+ ' : '− '}
                <HostileText text={change.name} charactersMax={120} />
                {change.value !== null && (
                  <>
                    : <HostileText text={change.value} charactersMax={160} />
                  </>
                )}
              </div>
            ))}
        </div>
      ))}
      {kept.length > 0 && (
        <div className="text-soft">
          {'  '}
          {kept.slice(0, 4).map((change, index) => (
            <span key={`${change.kind} ${change.name}`}>
              {index > 0 && ', '}
              <HostileText text={change.name} charactersMax={120} />
            </span>
          ))}
          {kept.length > 4 && ', …'} kept ({kept.length})
        </div>
      )}
      {action}
      <div className="mt-1 font-sans text-faint">{unchangedSentence(edit, hasKeys(plan))}</div>
    </div>
  );
}

/** Only Kafka has keys; where nothing is sent it is not known where to. */
function hasKeys({ destinations }: Plan): boolean {
  return destinations.length === 0 || destinations.some(({ kind }) => kind === 'kafka');
}
