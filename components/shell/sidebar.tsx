'use client';

import { useQuery } from '@tanstack/react-query';
import clsx from 'clsx';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import { firingWords } from '#components/alerts/prepare-alerts.ts';
import { alertsQueryOptions } from '#components/queries/alerts.ts';
import { changedGroupsQueryOptions } from '#components/queries/groups.ts';
import { overviewQueryOptions } from '#components/queries/overview.ts';
import { replaysQueryOptions } from '#components/queries/replays.ts';
import { SandboxButton } from '#components/sandbox/sandbox-button.tsx';
import { queueHref } from '#components/shell/links.ts';
import { changedWords, sidebarConnections } from '#components/shell/prepare-sidebar.ts';
import { Shortcuts } from '#components/shell/shortcuts.tsx';
import { ThemeSwitch } from '#components/shell/theme-switch.tsx';
import type { Theme } from '#components/shell/theme.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { toneFill } from '#components/ui/pill.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';

export function Sidebar({ theme }: { theme: Theme }) {
  const pathname = usePathname();
  const overview = useQuery(overviewQueryOptions());
  const replays = useQuery(replaysQueryOptions());
  const groups = useQuery(changedGroupsQueryOptions());
  const changed = groups.data && changedWords(groups.data.byState);
  const alerts = useQuery(alertsQueryOptions());
  const firing = alerts.data ? firingWords(alerts.data) : null;
  const running =
    replays.data?.replays.filter((each) => each.state === 'sending' || each.state === 'queued').length ?? 0;
  return (
    <nav
      aria-label="Console"
      className="flex min-h-0 flex-col border-r border-line bg-sunk max-md:flex-row max-md:items-center max-md:border-r-0 max-md:border-b max-md:px-2"
    >
      <Link href="/" className="flex items-center gap-2 px-4 pt-3 pb-3 font-[650] max-md:px-2 max-md:py-2">
        <Mark />
        <span className="max-md:sr-only">Redeliver</span>
      </Link>
      <div className="grid gap-0.5 px-2 max-md:flex max-md:min-w-0 max-md:overflow-x-auto max-md:px-0">
        <PageLink href="/" current={pathname === '/'}>
          Overview
        </PageLink>
        <PageLink
          href="/groups"
          current={pathname.startsWith('/groups')}
          note={
            changed && (
              <span title={changed.words}>
                <span aria-hidden>{changed.count} changed</span>
                <span className="sr-only">{changed.words}</span>
              </span>
            )
          }
        >
          Groups
        </PageLink>
        <PageLink href="/messages" current={pathname.startsWith('/messages')}>
          Messages
        </PageLink>
        <PageLink
          href="/replays"
          current={pathname.startsWith('/replays')}
          note={running > 0 ? `${running} running` : undefined}
        >
          Replays
        </PageLink>
        <PageLink href="/alerts" current={pathname.startsWith('/alerts')} note={firing ?? undefined}>
          Alerts
        </PageLink>
        <PageLink href="/lag" current={pathname === '/lag'}>
          Lag
        </PageLink>
        <PageLink href="/settings" current={pathname === '/settings'}>
          Settings
        </PageLink>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-2 pb-3 max-md:hidden">
        {!overview.data && !overview.isError && <QueueSkeleton />}
        {overview.data &&
          sidebarConnections(overview.data).map((connection) => (
            <section key={connection.name} aria-label={connection.name}>
              <h2 className="mx-2 mt-3.5 mb-1 flex items-center gap-1.5 text-2xs font-semibold text-faint">
                <span aria-hidden className={clsx('size-1.5 rounded-full', toneFill[connection.tone])} />
                {connection.name}
                {connection.note && <span className="ml-auto font-medium">{connection.note}</span>}
              </h2>
              <ul>
                {connection.queues.map((queue) => {
                  const href = queueHref(queue.id);
                  const current = pathname === href;
                  return (
                    <li key={queue.id}>
                      <Link
                        href={href}
                        prefetch={false}
                        aria-current={current ? 'page' : undefined}
                        title={queue.name}
                        className={clsx(
                          'flex h-[26px] items-center gap-1.5 rounded-md px-2 text-xs',
                          current
                            ? 'bg-accent-soft font-[550] text-accent'
                            : 'text-soft hover:bg-line/60 hover:text-text',
                        )}
                      >
                        <span className="min-w-0 flex-1 truncate">
                          <HostileText text={queue.name} charactersMax={120} />
                        </span>
                        <span className={clsx('shrink-0', queue.isGrowing ? 'font-semibold text-text' : 'font-medium')}>
                          {queue.depth}
                        </span>
                      </Link>
                    </li>
                  );
                })}
              </ul>
            </section>
          ))}
      </div>
      <div className="grid shrink-0 gap-1.5 border-t border-line p-2 max-md:ml-auto max-md:border-t-0">
        <SandboxButton />
        <div className="flex items-center justify-between px-1 max-md:hidden">
          <ThemeSwitch start={theme} />
          <Shortcuts />
        </div>
      </div>
    </nav>
  );
}

function PageLink({
  href,
  current,
  note,
  children,
}: {
  href: string;
  current: boolean;
  note?: ReactNode;
  children: ReactNode;
}) {
  return (
    <Link
      href={href}
      aria-current={current ? 'page' : undefined}
      className={clsx(
        'flex h-7 items-center gap-2 rounded-md px-2',
        current ? 'bg-panel text-text shadow-[0_0_0_1px_var(--line)]' : 'text-soft hover:bg-line/60 hover:text-text',
      )}
    >
      {children}
      {note && <span className="ml-auto text-faint max-md:hidden">{note}</span>}
    </Link>
  );
}

function QueueSkeleton() {
  return (
    <div role="status" aria-label="Reading the queues" className="grid gap-3 px-2 pt-4">
      {['w-24', 'w-36', 'w-32', 'w-40', 'w-28', 'w-36'].map((width) => (
        <Skeleton key={width} className={clsx('h-3', width)} />
      ))}
    </div>
  );
}

function Mark() {
  return (
    <svg aria-hidden width="20" height="20" viewBox="0 0 32 32" className="text-accent">
      <rect width="32" height="32" rx="8" fill="currentColor" />
      <path
        d="M13 8l-5 5 5 5M8 13h10a5 5 0 0 1 0 10h-4"
        fill="none"
        className="stroke-on-accent"
        strokeWidth="3"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
