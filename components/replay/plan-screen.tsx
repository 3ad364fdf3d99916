import { useId, useRef, useState, type ReactNode } from 'react';
import { PlanDifferences } from '#components/edit/plan-differences.tsx';
import type { PlanOptions } from '#components/queries/replays.ts';
import { DestinationChoice } from '#components/replay/destination-choice.tsx';
import { MessageOptions, PaceOptions } from '#components/replay/plan-options.tsx';
import { PlanDestinations, PlanHeaderDiff, PlanNotes } from '#components/replay/plan-view.tsx';
import { planWords } from '#components/replay/plan-words.ts';
import { canaryLabel, confirmationWord, rateLabel, removalSentence } from '#components/replay/prepare-plan.ts';
import { rateText, unplannedRate } from '#components/replay/prepare-rate.ts';
import { estimateWords } from '#components/replay/prepare-pace.ts';
import { sendLabel } from '#components/replay/prepare-account.ts';
import { summaryParts } from '#components/replay/prepare-summary.ts';
import { goToOption, PlanSummary } from '#components/replay/plan-summary.tsx';
import { RedirectNote } from '#components/replay/redirect-note.tsx';
import { useStrayTyping, wasTyping } from '#components/shell/stray-typing.ts';
import { PaneSection } from '#components/ui/beside-pane.tsx';
import { Button } from '#components/ui/button.tsx';
import { clockTime } from '#components/ui/times.ts';
import { formatCount } from '#components/ui/numbers.ts';
import { Pill } from '#components/ui/pill.tsx';
import { TypedConfirmation } from '#components/ui/typed-confirmation.tsx';
import type { ReplayView } from '#lib/api/replays.ts';

/** So many are sent by a mere Enter. */
const smallMax = 10;

/** The plan and the button that carries it out. Nothing has moved until then. */
export function PlanScreen({
  replay,
  options,
  onOptions,
  busy,
  onSend,
  onCancel,
  children,
}: {
  replay: ReplayView;
  options: PlanOptions;
  /** Absent where the options can no longer be changed. */
  onOptions?: (options: PlanOptions) => void;
  /** `planning`: what is shown is about to be replaced. */
  busy: 'no' | 'planning' | 'sending';
  /** With the count that was typed where the plan is dangerous. */
  onSend: (confirm: number | null) => void;
  onCancel: () => void;
  /** What went wrong or changed, above the button. */
  children?: ReactNode;
}) {
  const { plan } = replay;
  const words = planWords(plan.total);
  const [typed, setTyped] = useState('');
  const wanted = confirmationWord(plan);
  const confirmed = typed.trim().replaceAll(',', '');
  const [isUnplanned, setUnplanned] = useState(false);
  const [typedRate, setTypedRate] = useState(rateText(options.ratePerSecond));
  const wrongRate = unplannedRate(typedRate, options.ratePerSecond);
  const wrongRateId = useId();
  const canSend =
    plan.willSend > 0 &&
    busy === 'no' &&
    !isUnplanned &&
    wrongRate === null &&
    (!plan.dangerous || confirmed === wanted);
  const send = () => {
    if (canSend) onSend(plan.dangerous ? Number(confirmed) : null);
  };
  const isSmall = !plan.dangerous && plan.willSend <= smallMax;
  const cancelButton = useRef<HTMLButtonElement>(null);
  const [typing, setTyping] = useState(() => wasTyping(performance.now()));
  const byEnter = isSmall && !typing;
  useStrayTyping(() => {
    if (!byEnter) return;
    setTyping(true);
    cancelButton.current?.focus();
  });
  const body = useRef<HTMLDivElement>(null);
  const whereHeading = useRef<HTMLHeadingElement>(null);
  // What was pressed is gone or disabled with the new plan: the focus is where that is read from.
  const toWhere = () => whereHeading.current?.focus();
  const notes = plan.refusals.length + plan.warnings.length;
  const estimate = estimateWords(options, plan.willSend);
  return (
    <div className="@container flex min-h-0 flex-1 flex-col">
      <div ref={body} className="min-h-0 flex-1 overflow-y-auto">
        <PaneSection title={words.where} headingRef={whereHeading}>
          {onOptions && options.action === 'replay' && (
            <DestinationChoice
              replay={replay}
              options={options}
              onChange={onOptions}
              onUnplanned={setUnplanned}
              onPlaced={toWhere}
            />
          )}
          <RedirectNote
            plan={plan}
            options={options}
            {...(onOptions && {
              onRedirects: (redirects) => {
                onOptions({ ...options, redirects });
                toWhere();
              },
            })}
          />
          <PlanDestinations plan={plan} />
          {plan.willSend > 0 && <p className="mt-2 text-soft">{removalSentence(plan)}</p>}
        </PaneSection>
        {notes > 0 && (
          <PaneSection
            title="Before you send"
            marks={
              <>
                {plan.refusals.length > 0 && (
                  <Pill tone="failing">
                    {formatCount(plan.refusals.reduce((sum, note) => sum + note.count, 0))} not sent
                  </Pill>
                )}
                {plan.warnings.length > 0 && (
                  <Pill tone="attention">
                    {plan.warnings.length === 1 ? '1 warning' : `${plan.warnings.length} warnings`}
                  </Pill>
                )}
              </>
            }
          >
            <PlanNotes replayId={replay.id} plan={plan} />
          </PaneSection>
        )}
        <PaneSection title="How fast">
          {onOptions ? (
            <PaceOptions
              options={options}
              typedRate={typedRate}
              onTypedRate={setTypedRate}
              offerInsist={[...plan.refusals, ...plan.warnings].some((note) => note.code === 'read-refused')}
              offerQuarantined={plan.refusals.some((note) => note.code === 'quarantined')}
              offerConcurrency={replay.queueIds.length > 1}
              onChange={onOptions}
            />
          ) : (
            <p className="text-soft">
              Failure headers {options.failureHeaders === 'keep' ? 'kept' : 'stripped'},{' '}
              {rateLabel(options.ratePerSecond)}, {canaryLabel(options.canary)}.
            </p>
          )}
          {estimate !== null && wrongRate === null && <p className="text-soft">{estimate}</p>}
        </PaneSection>
        <PaneSection title={words.changes}>
          {replay.options.edit !== null && (
            <PlanDifferences key={replay.id} replay={replay} edit={replay.options.edit} />
          )}
          <PlanHeaderDiff plan={plan} edit={replay.options.edit} />
          {onOptions && <MessageOptions options={options} onChange={onOptions} />}
        </PaneSection>
      </div>
      <div className="grid gap-2 border-t border-line bg-panel px-4 py-3">
        {children}
        {isSmall && typing && (
          <p role="status" className="text-xs text-attention">
            You were typing, so Enter does not send it. Press the button.
          </p>
        )}
        {plan.dangerous && (
          <TypedConfirmation value={typed} onChange={setTyped} onEnter={send} inputMode="numeric">
            This cannot be taken back. Type <b className="font-semibold">{wanted}</b> to send it.
          </TypedConfirmation>
        )}
        <PlanSummary
          // Of what the plan is for: what was chosen since is still being planned.
          parts={summaryParts(plan, replay.options)}
          {...(onOptions && { onOption: (option) => goToOption(body.current, option) })}
        />
        {wrongRate !== null && (
          <p id={wrongRateId} role="status" className="text-xs text-failing">
            {wrongRate}
          </p>
        )}
        <div className="flex items-center gap-2">
          <Button
            look={plan.dangerous ? 'danger' : 'go'}
            className="h-8! flex-1"
            disabled={!canSend}
            {...(wrongRate !== null && { 'aria-describedby': wrongRateId })}
            onClick={send}
            // Enter sends what is small and harmless; more than that is looked at first, and whoever is typing has not seen that there is a plan.
            autoFocus={byEnter}
            {...(byEnter && canSend && { keyHint: 'Enter' })}
          >
            {busy === 'planning'
              ? 'Planning…'
              : busy === 'sending'
                ? 'Sending…'
                : isUnplanned
                  ? 'Plan the other place first'
                  : plan.willSend === 0
                    ? 'Nothing can be sent'
                    : sendLabel(plan.willSend)}
          </Button>
          <Button ref={cancelButton} className="h-8!" autoFocus={!byEnter && !plan.dangerous} onClick={onCancel}>
            Cancel
          </Button>
        </div>
        <p className="text-xs text-faint">Plan as of {clockTime(plan.asOf)} · nothing has been sent.</p>
      </div>
    </div>
  );
}
