'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { firingParts, namedAlerts } from '#components/alerts/prepare-alerts.ts';
import { SeverityMark } from '#components/alerts/severity-mark.tsx';
import { alertsQueryOptions } from '#components/queries/alerts.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { formatCount } from '#components/ui/numbers.ts';

const shownMax = 3;

/** What fires, on the overview: the worst few. Nothing where nothing does. */
export function AlertStrip() {
  const { data } = useQuery(alertsQueryOptions());
  const loud = data ? firingParts(namedAlerts(data)).loud : [];
  if (loud.length === 0) return null;
  return (
    <section aria-label="Firing alerts" className="mb-3.5 overflow-hidden rounded-lg border border-line bg-panel">
      <ul>
        {loud.slice(0, shownMax).map((alert) => (
          <li
            key={alert.id}
            className="relative flex h-8 items-center gap-3 border-b border-line px-2.5 last:border-b-0 hover:bg-hover"
          >
            <SeverityMark severity={alert.severity} />
            <Link
              href={alert.path}
              prefetch={false}
              title={alert.sentence}
              className="min-w-0 flex-1 truncate after:absolute after:inset-0"
            >
              <HostileText text={alert.sentence} charactersMax={300} />
            </Link>
            <span className="shrink-0 text-faint">
              since <Instant at={alert.since} inRow className="relative z-10 text-text" />
            </span>
          </li>
        ))}
      </ul>
      {loud.length > shownMax && (
        <Link
          href="/alerts"
          className="block border-t border-line px-2.5 py-1 text-xs text-accent underline-offset-2 hover:underline"
        >
          All {formatCount(loud.length)} that fire
        </Link>
      )}
    </section>
  );
}
