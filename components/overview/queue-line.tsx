import Link from 'next/link';
import { ExpiryMark } from '#components/expiry/expiry-mark.tsx';
import { shownExpiry } from '#components/expiry/prepare-expiry.ts';
import { GroupTitle } from '#components/groups/group-title.tsx';
import {
  depthLabel,
  lastReplayLabel,
  noExpiryWhy,
  readerHealth,
  stillOpenLabel,
} from '#components/overview/prepare-overview.ts';
import { groupHref, queueHref, replayHref } from '#components/shell/links.ts';
import { Button } from '#components/ui/button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { countOf, formatCount } from '#components/ui/numbers.ts';
import { Pill } from '#components/ui/pill.tsx';
import { Sparkline } from '#components/ui/sparkline.tsx';
import { isUnread } from '#lib/domain/unread.ts';
import type { QueueRow } from '#lib/api/queues.ts';

/** One queue; where its reader needs someone, a second line says why and what to do. */
export function QueueLine({
  queue,
  now,
  withConnection,
  isConnectionDown,
  reading,
  onRead,
}: {
  queue: QueueRow;
  now: number;
  /** Not where the row stands under its connection's name. */
  withConnection: boolean;
  /** What stands in the way is then said over its queues. */
  isConnectionDown: boolean;
  reading: boolean;
  onRead: (queueId: string, insist: boolean) => void;
}) {
  const health = readerHealth(queue, now);
  const unread = isUnread(queue);
  const top = queue.topGroup;
  const last = queue.lastReplay;
  const lastLabel = last && lastReplayLabel(last);
  const expiry = unread || queue.expiresNext === null ? null : shownExpiry(queue.expiresNext, now);
  return (
    <>
      <tr className="relative h-[38px] border-t border-line first:border-t-0 hover:bg-hover">
        <th scope="row" className="truncate px-2.5 text-left font-normal">
          <Link
            data-row
            href={queueHref(queue.id)}
            prefetch={false}
            title={queue.name}
            className="font-semibold outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
          >
            <HostileText text={queue.name} charactersMax={200} />
          </Link>{' '}
          {withConnection && <span className="text-faint">{queue.connection}</span>}
        </th>
        <td className="px-2.5 text-right whitespace-nowrap">
          <div className="leading-[17px] font-semibold">{depthLabel(queue.depth)}</div>
          {queue.stillOpen !== null && (
            <div
              title="Neither put back nor gone, and of a problem that is neither resolved nor ignored"
              className="relative z-10 text-2xs/[14px] text-faint"
            >
              {stillOpenLabel(queue.stillOpen, queue.reader)}
            </div>
          )}
        </td>
        <td className="px-2.5 max-xl:hidden">
          {queue.hourly === null ? (
            <span className="text-faint">not read yet</span>
          ) : queue.newInDay === 0 ? (
            <span className="text-faint">quiet</span>
          ) : (
            <Sparkline
              width={92}
              counts={queue.hourly}
              label={`New in each of the last 24 hours: ${queue.hourly.join(', ')}`}
            />
          )}
        </td>
        <td className="px-2.5 text-right">{queue.newInDay === null ? '?' : formatCount(queue.newInDay)}</td>
        <td className="px-2.5 text-soft max-xl:hidden">
          {queue.oldestAt === null ? (
            unread ? (
              '?'
            ) : (
              '–'
            )
          ) : (
            <Instant at={queue.oldestAt} inRow className="relative z-10" />
          )}
        </td>
        <td className="px-2.5 whitespace-nowrap text-soft max-xl:hidden">
          {expiry === null ? (
            <span title={noExpiryWhy(queue)} className="relative z-10">
              –<span className="sr-only">: {noExpiryWhy(queue)}</span>
            </span>
          ) : (
            <ExpiryMark expiry={expiry} whose="its oldest message" className="relative z-10" />
          )}
        </td>
        <td className="truncate px-2.5">
          {top === null ? (
            <span className="text-faint">{unread ? 'not read yet' : '–'}</span>
          ) : (
            <Link
              href={groupHref(top.fingerprint)}
              prefetch={false}
              title={`${top.title}\n${countOf(top.count, 'dead letter')} of this problem here`}
              className="relative z-10 rounded-sm hover:underline"
            >
              <GroupTitle title={top.title} />
            </Link>
          )}
        </td>
        <td className="px-2.5">
          {last && lastLabel ? (
            <Link href={replayHref(last.number)} className="relative z-10 rounded-full" title={`Replay ${last.number}`}>
              <Pill tone={lastLabel.tone}>{lastLabel.word}</Pill>
            </Link>
          ) : (
            <span className="text-faint">never</span>
          )}
        </td>
        <td className="px-2.5">
          <Pill tone={health.tone} className="truncate">
            {health.word}
          </Pill>
        </td>
      </tr>
      {health.why && !(isConnectionDown && queue.reader.kind === 'failing') && (
        <tr className="bg-bg">
          <td colSpan={6} className="px-2.5 pt-1.5 pb-2 text-soft">
            <div className="flex items-start gap-3">
              <p className="max-w-[110ch] min-w-0 flex-1 pl-3 break-words">
                <HostileText text={health.why} />
              </p>
              {health.canInsist && (
                <Button
                  size="small"
                  disabled={reading}
                  onClick={() => onRead(queue.id, true)}
                  aria-label={`Read ${queue.name} anyway`}
                >
                  Read anyway
                </Button>
              )}
              {queue.reader.kind === 'failing' && (
                <Button
                  size="small"
                  disabled={reading}
                  onClick={() => onRead(queue.id, false)}
                  aria-label={`Read ${queue.name} again`}
                >
                  Try again
                </Button>
              )}
            </div>
          </td>
          <td className="max-xl:hidden">{'\u00a0'}</td>
          <td className="max-xl:hidden">{'\u00a0'}</td>
          <td className="max-xl:hidden">{'\u00a0'}</td>
        </tr>
      )}
    </>
  );
}
