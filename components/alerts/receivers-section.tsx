'use client';

import { lastWords, receiverKinds, receiverState } from '#components/alerts/prepare-alerts.ts';
import { AlertSection } from '#components/alerts/alert-section.tsx';
import { Button } from '#components/ui/button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { Pill } from '#components/ui/pill.tsx';
import type { ReceiverRow } from '#lib/api/alerts.ts';

/** Who is told, and how each did last. Where they are is a secret of the configuration. */
export function ReceiversSection({
  receivers,
  testing,
  onTest,
}: {
  receivers: readonly ReceiverRow[];
  /** The one that is being tested. */
  testing: string | null;
  onTest: (name: string) => void;
}) {
  return (
    <AlertSection title="Receivers" count={receivers.length}>
      {receivers.length === 0 ? (
        <p className="px-2.5 py-3 text-soft">
          Nobody is told: alerts are shown here alone. Name webhooks, Slack, PagerDuty or an Alertmanager under{' '}
          <code className="font-mono">alerts.receivers</code> of the configuration.
        </p>
      ) : (
        <ul>
          {receivers.map((receiver) => {
            const { tone, word } = receiverState(receiver);
            const last = lastWords(receiver);
            return (
              <li
                key={receiver.name}
                className="grid min-h-[38px] grid-cols-[minmax(0,180px)_minmax(0,auto)_minmax(0,1fr)_auto] items-center gap-x-3 border-b border-line px-2.5 py-1.5 last:border-b-0 max-md:grid-cols-[minmax(0,1fr)_auto]"
              >
                <span className="truncate">
                  <b className="font-semibold">{receiver.name}</b>{' '}
                  <span className="text-faint">{receiverKinds[receiver.kind]}</span>
                </span>
                <Pill tone={tone} className="justify-self-start">
                  {word}
                </Pill>
                <span className="min-w-0 truncate text-soft max-md:hidden" title={last ?? undefined}>
                  {receiver.last && last !== null && (
                    <>
                      <Instant at={receiver.last.at} suffix=" ago" />, <HostileText text={last} charactersMax={260} />
                    </>
                  )}
                </span>
                <Button
                  size="small"
                  aria-label={`Send a test to ${receiver.name}`}
                  // Disabled, it would lose the focus that it needs again.
                  aria-disabled={testing !== null}
                  onClick={() => testing === null && onTest(receiver.name)}
                >
                  {testing === receiver.name ? 'Sending…' : 'Send a test'}
                </Button>
              </li>
            );
          })}
        </ul>
      )}
    </AlertSection>
  );
}
