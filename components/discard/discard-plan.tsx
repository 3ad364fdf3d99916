import { useState, type ReactNode } from 'react';
import { actLabel, discardSentences } from '#components/discard/prepare-discard.ts';
import { planWords } from '#components/replay/plan-words.ts';
import { FirstMessages } from '#components/replay/note-messages.tsx';
import { PlanDestinations, PlanNotes } from '#components/replay/plan-view.tsx';
import { confirmationWord } from '#components/replay/prepare-plan.ts';
import { PaneSection } from '#components/ui/beside-pane.tsx';
import { Button } from '#components/ui/button.tsx';
import { formatCount } from '#components/ui/numbers.ts';
import { Pill } from '#components/ui/pill.tsx';
import { clockTime } from '#components/ui/times.ts';
import { TypedConfirmation } from '#components/ui/typed-confirmation.tsx';
import type { ReplayView } from '#lib/api/replays.ts';

/** The plan of a discard or a restore, and the button that carries it out. Nothing has moved until then. */
export function DiscardPlan({
  replay,
  insist,
  onInsist,
  busy,
  onGo,
  onCancel,
  children,
}: {
  replay: ReplayView;
  insist: boolean;
  /** Absent where it can no longer be changed. */
  onInsist?: (insist: boolean) => void;
  busy: 'no' | 'planning' | 'going';
  /** With the count that was typed where the plan is dangerous. */
  onGo: (confirm: number | null) => void;
  onCancel: () => void;
  /** What went wrong, above the button. */
  children?: ReactNode;
}) {
  const { plan, options } = replay;
  const action = options.action === 'restore' ? 'restore' : 'discard';
  const words = planWords(plan.total);
  const [typed, setTyped] = useState('');
  const wanted = confirmationWord(plan);
  const confirmed = typed.trim().replaceAll(',', '');
  const canGo = plan.willSend > 0 && busy === 'no' && (!plan.dangerous || confirmed === wanted);
  const go = () => {
    if (canGo) onGo(plan.dangerous ? Number(confirmed) : null);
  };
  // What holds of all of them is said above.
  const notes = {
    ...plan,
    warnings: plan.warnings.filter((note) => plan.removes === 'some' || note.code !== 'stays-in-log'),
  };
  const refused = plan.refusals.reduce((sum, note) => sum + note.count, 0);
  const offersInsist = onInsist && (insist || plan.refusals.some((note) => note.code === 'read-refused'));
  return (
    <div className="@container flex min-h-0 flex-1 flex-col">
      <div className="min-h-0 flex-1 overflow-y-auto">
        {action === 'discard' ? (
          <PaneSection title="What happens">
            {discardSentences(plan).map((sentence) => (
              <p key={sentence} className="mb-1.5 last:mb-0">
                {sentence}
              </p>
            ))}
          </PaneSection>
        ) : (
          <PaneSection title={words.whereBack}>
            {plan.destinations.length > 0 ? <PlanDestinations plan={plan} isRestore /> : <p>{words.inTopic}</p>}
          </PaneSection>
        )}
        {plan.willSend > 0 && (
          <PaneSection title={words.which}>
            <FirstMessages key={replay.id} replayId={replay.id} count={plan.willSend} />
          </PaneSection>
        )}
        {notes.refusals.length + notes.warnings.length > 0 && (
          <PaneSection
            title={action === 'discard' ? 'Before you discard' : 'Before you restore'}
            marks={refused > 0 && <Pill tone="failing">{formatCount(refused)} left out</Pill>}
          >
            <PlanNotes replayId={replay.id} plan={notes} refusedWord="left out" />
          </PaneSection>
        )}
        {offersInsist && (
          <PaneSection title="How">
            <label className="flex items-start gap-2">
              <input
                type="checkbox"
                checked={insist}
                onChange={(event) => onInsist(event.target.checked)}
                className="mt-0.5"
              />
              <span>Read the queue all the same. The reason why it is refused is above.</span>
            </label>
          </PaneSection>
        )}
      </div>
      <div className="grid gap-2 border-t border-line bg-panel px-4 py-3">
        {children}
        {plan.dangerous && plan.willSend > 0 && (
          <TypedConfirmation value={typed} onChange={setTyped} onEnter={go} inputMode="numeric">
            Type <b className="font-semibold">{wanted}</b> to {action}{' '}
            {plan.willSend === 1 ? 'this message' : 'these messages'}.
          </TypedConfirmation>
        )}
        <div className="flex items-center gap-2">
          <Button look={plan.dangerous ? 'danger' : 'go'} className="h-8! flex-1" disabled={!canGo} onClick={go}>
            {busy === 'planning'
              ? 'Planning…'
              : busy === 'going'
                ? action === 'discard'
                  ? 'Discarding…'
                  : 'Restoring…'
                : actLabel(action, plan.willSend)}
          </Button>
          <Button className="h-8!" autoFocus={!plan.dangerous} onClick={onCancel}>
            Cancel
          </Button>
        </div>
        <p className="text-xs text-faint">Plan as of {clockTime(plan.asOf)} · nothing has been done.</p>
      </div>
    </div>
  );
}
