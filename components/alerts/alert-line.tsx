'use client';

import { BellOff } from 'lucide-react';
import Link from 'next/link';
import { MuteForm } from '#components/alerts/mute-form.tsx';
import { SeverityMark } from '#components/alerts/severity-mark.tsx';
import type { NewMute } from '#components/queries/alerts.ts';
import { Button } from '#components/ui/button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { Popover } from '#components/ui/popover.tsx';
import type { AlertRow } from '#lib/api/alerts.ts';

/** How bad, what, since when; the whole line leads to what it is about. */
export function AlertLine({
  alert,
  busy = false,
  onMute,
  linkRef,
}: {
  alert: AlertRow;
  busy?: boolean;
  /** Absent where there is nothing to mute. */
  onMute?: (mute: NewMute) => void;
  linkRef?: (link: HTMLAnchorElement | null) => void;
}) {
  const isOver = alert.phase === 'resolved';
  return (
    <li className="relative grid min-h-[38px] grid-cols-[92px_minmax(0,1fr)_150px_132px_84px] items-center gap-x-3 border-b border-line px-2.5 py-1.5 last:border-b-0 hover:bg-hover max-xl:grid-cols-[92px_minmax(0,1fr)_120px_84px] max-md:grid-cols-[92px_minmax(0,1fr)]">
      <SeverityMark severity={alert.severity} isOver={isOver} />
      <Link
        ref={linkRef}
        href={alert.path}
        prefetch={false}
        data-alert
        className="min-w-0 break-words after:absolute after:inset-0"
      >
        <HostileText text={alert.sentence} charactersMax={400} />
        {!isOver && alert.clearSince !== null && <span className="text-settled"> · no longer so, soon over</span>}
      </Link>
      <span
        className="truncate text-faint max-xl:hidden"
        title={alert.told.length === 0 ? 'nobody was told' : `told ${alert.told.join(', ')}`}
      >
        {alert.rule}
      </span>
      <span className="truncate text-right text-faint max-md:hidden">
        {isOver ? 'over ' : alert.phase === 'pending' ? 'so since ' : 'since '}
        <Instant
          at={(isOver ? alert.resolvedAt : alert.since) ?? alert.since}
          inRow
          className="relative z-10 text-text"
        />
      </span>
      <span className="relative z-10 text-right max-md:hidden">
        {onMute && (
          <Popover
            title="Mute"
            trigger={
              <Button size="small" look="quiet" aria-label={`Mute: ${alert.sentence}`} disabled={busy}>
                <BellOff size={13} aria-hidden />
                Mute
              </Button>
            }
          >
            <MuteForm alert={alert} busy={busy} onMute={onMute} />
          </Popover>
        )}
      </span>
    </li>
  );
}
