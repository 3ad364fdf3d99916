'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type RefObject, useRef } from 'react';
import { AlertLine } from '#components/alerts/alert-line.tsx';
import { AlertSection } from '#components/alerts/alert-section.tsx';
import { AlertsTabs } from '#components/alerts/alerts-tabs.tsx';
import { MutesSection } from '#components/alerts/mutes-section.tsx';
import { firingParts, isLate, namedAlerts, watchingNames } from '#components/alerts/prepare-alerts.ts';
import { ReceiversSection } from '#components/alerts/receivers-section.tsx';
import { RulesSection } from '#components/alerts/rules-section.tsx';
import { alertsKey, alertsQueryOptions, liftMute, muteAlerts, testReceiver } from '#components/queries/alerts.ts';
import { PageHeader } from '#components/shell/page-header.tsx';
import { useRowSteps } from '#components/shell/row-steps.ts';
import { Instant } from '#components/ui/instant.tsx';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { catchFocus } from '#components/ui/catch-focus.ts';
import { exactDuration } from '#components/ui/times.ts';
import { toast } from '#components/ui/toast.tsx';
import type { AlertsResponse } from '#lib/api/alerts.ts';

const lookAgainMs = 15_000;

export function AlertsScreen() {
  const client = useQueryClient();
  // That a round found nothing new is no change that anybody is told of.
  const alerts = useQuery({ ...alertsQueryOptions(), refetchInterval: lookAgainMs });
  const { error, refetch } = alerts;
  const data = alerts.data && namedAlerts(alerts.data);
  const show = (response: AlertsResponse) => client.setQueryData(alertsKey, response);
  const failed = (problem: Error) => toast(problem.message, { failed: true });
  const lifted = useRef(false);
  const mute = useMutation({ mutationFn: muteAlerts, onSuccess: show, onError: failed });
  const lift = useMutation({ mutationFn: liftMute, onSuccess: show, onError: failed });
  const test = useMutation({
    mutationFn: testReceiver,
    onSuccess: ({ delivered, said, tookMs }, name) => {
      toast(delivered ? `${name} took the test: ${said} (${tookMs} ms)` : `${name} did not take the test: ${said}`, {
        failed: !delivered,
      });
      void client.invalidateQueries({ queryKey: alertsKey });
    },
    onError: failed,
  });
  useRowSteps(() => [...document.querySelectorAll<HTMLElement>('a[data-alert]')]);
  return (
    <>
      <PageHeader title="Alerts" marks={<AlertsTabs current="/alerts" />} />
      <div className="min-h-0 flex-1 overflow-auto p-4 max-md:p-2">
        {error && !data && <ProblemNotice error={error} onRetry={() => void refetch()} />}
        {!data && !error && (
          <div className="overflow-hidden rounded-lg border border-line bg-panel">
            <div className="h-7 border-b border-line" />
            <SkeletonRows count={6} rowClass="h-[38px]" label="Reading the alerts" />
          </div>
        )}
        {data && (
          <>
            <Firing response={data} busy={mute.isPending} liftedRef={lifted} onMute={(body) => mute.mutate(body)} />
            <MutesSection
              mutes={data.mutes}
              busy={lift.isPending}
              onLift={(muteId) => {
                lifted.current = true;
                lift.mutate(muteId);
              }}
            />
            <RulesSection rules={data.rules} />
            <ReceiversSection
              receivers={data.receivers}
              testing={test.isPending ? test.variables : null}
              onTest={(name) => test.mutate(name)}
            />
            {data.resolved.length > 0 && (
              <AlertSection title="Over" count={data.resolved.length}>
                <ul>
                  {data.resolved.map((alert) => (
                    <AlertLine key={alert.id} alert={alert} />
                  ))}
                </ul>
              </AlertSection>
            )}
          </>
        )}
      </div>
    </>
  );
}

function Firing({
  response,
  busy,
  liftedRef,
  onMute,
}: {
  response: AlertsResponse;
  busy: boolean;
  /** Whether the reader has just lifted a mute, whose button goes away with it. */
  liftedRef: RefObject<boolean>;
  onMute: (body: Parameters<typeof muteAlerts>[0]) => void;
}) {
  const { loud, muted } = firingParts(response);
  const justMuted = useRef<string | null>(null);
  /** What was muted leaves its place, and the button that had the focus with it: the focus follows the alert. */
  const followMuted = (id: string) => (link: HTMLAnchorElement | null) => {
    if (link === null || justMuted.current !== id) return;
    justMuted.current = null;
    link.focus();
  };
  /** What fires again takes the focus that was on what lifted its mute. */
  const followLifted = (link: HTMLAnchorElement | null) => {
    if (link === null || !liftedRef.current) return;
    catchFocus(link);
    liftedRef.current = document.activeElement !== link;
  };
  return (
    <>
      {isLate(response) && response.evaluatedAt !== null && (
        <div role="alert" className="mb-3.5 rounded-md bg-failing-soft px-3 py-2 text-failing">
          Nothing was looked at since <Instant at={response.evaluatedAt} className="font-semibold" />: the engine does
          not run, or is stuck. What stands here is old.
        </div>
      )}
      <AlertSection
        title="Firing now"
        count={loud.length}
        note={
          response.evaluatedAt === null ? (
            'not looked yet'
          ) : (
            <>
              looked <Instant at={response.evaluatedAt} suffix=" ago" />, every {exactDuration(response.everyMs)}
            </>
          )
        }
      >
        {loud.length === 0 ? (
          <Quiet response={response} />
        ) : (
          <ul>
            {loud.map((alert) => (
              <AlertLine
                key={alert.id}
                alert={alert}
                busy={busy}
                linkRef={followLifted}
                onMute={(body) => {
                  justMuted.current = alert.id;
                  onMute(body);
                }}
              />
            ))}
          </ul>
        )}
      </AlertSection>
      {response.pending.length > 0 && (
        <AlertSection
          title="Soon"
          count={response.pending.length}
          note="so it is, and not yet for as long as the rule says"
        >
          <ul>
            {response.pending.map((alert) => (
              <AlertLine key={alert.id} alert={alert} />
            ))}
          </ul>
        </AlertSection>
      )}
      {muted.length > 0 && (
        <AlertSection title="Muted" count={muted.length} note="fires, and nobody is told">
          <ul>
            {muted.map((alert) => (
              <AlertLine key={alert.id} alert={alert} linkRef={followMuted(alert.id)} />
            ))}
          </ul>
        </AlertSection>
      )}
    </>
  );
}

function Quiet({ response }: { response: AlertsResponse }) {
  const names = watchingNames(response.rules);
  return (
    <div className="px-2.5 py-3">
      <p className="font-semibold">
        {names.length === 0
          ? 'Nothing is watched: every rule is switched off.'
          : response.evaluatedAt === null
            ? 'Nobody has looked yet.'
            : 'Nothing fires.'}
      </p>
      {names.length > 0 && <p className="text-soft">These rules watch: {names.join(' · ')}.</p>}
    </div>
  );
}
