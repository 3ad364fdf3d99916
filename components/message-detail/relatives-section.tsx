'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { MessageLines } from '#components/message-detail/message-lines.tsx';
import { relativesOf, shownRelatives } from '#components/message-detail/prepare-relatives.ts';
import { neighbourhoodMax, relatedQueryOptions } from '#components/queries/messages.ts';
import { messagesHref } from '#components/shell/links.ts';
import { formatCount } from '#components/ui/numbers.ts';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { ListedMessage, MessageDetail } from '#lib/api/messages.ts';
import { everything, type Filter } from '#lib/filter/filter.ts';
import { serialise } from '#lib/filter/serialise.ts';

/**
 * What it came of, what came of it, and the way to all of its correlation: of the dead letters that are here. Where none of the searches has found another
 * one, there is nothing to say, unless the message names a cause: that what it came of is no dead letter here is news.
 */
export function RelativesSection({ message }: { message: MessageDetail }) {
  const { correlation, cause, effects } = relativesOf(message);
  const ofCorrelation = useRelated(correlation);
  const ofEffects = useRelated(effects);
  const { withEffects, isShown } = shownRelatives(message.id, { hasCause: cause !== null, ofCorrelation, ofEffects });
  if (!isShown) return null;
  return (
    <div>
      <h2 className="mb-2 flex items-center gap-2 text-2xs font-semibold text-faint">
        Belongs together
        {correlation && <OfCorrelation condition={correlation} />}
      </h2>
      {cause && (
        <Relation words="came of" none="What it came of is no dead letter here." condition={cause} message={message} />
      )}
      {effects && withEffects && <Relation words="led to" none="" condition={effects} message={message} />}
    </div>
  );
}

/** `undefined` while nobody knows, or where there is nothing to look for. */
function useRelated(condition: Filter | null): readonly ListedMessage[] | undefined {
  const { data } = useQuery({ ...relatedQueryOptions(condition ?? everything), enabled: condition !== null });
  return condition === null ? undefined : data?.messages;
}

function OfCorrelation({ condition }: { condition: Filter }) {
  const { data } = useQuery(relatedQueryOptions(condition));
  if (!data?.total) return null;
  const { count, capped } = data.total;
  return (
    <>
      <span className="font-medium">
        {capped ? 'at least ' : ''}
        {formatCount(count)} of this correlation{count === 1 && !capped ? ', this one' : ''}
      </span>
      {count > 1 && (
        <Link
          href={messagesHref(serialise(condition))}
          prefetch={false}
          className="ml-auto rounded-sm font-[550] text-accent underline-offset-2 hover:underline"
        >
          Show them in all queues
        </Link>
      )}
    </>
  );
}

function Relation({
  words,
  none,
  condition,
  message,
}: {
  words: string;
  none: string;
  condition: Filter;
  message: MessageDetail;
}) {
  const { data, error } = useQuery(relatedQueryOptions(condition));
  const all = data?.messages.filter((row) => row.id !== message.id) ?? [];
  const others = all.slice(0, neighbourhoodMax);
  return (
    <div className="grid grid-cols-[minmax(64px,80px)_minmax(0,1fr)] gap-x-2.5">
      <span className="pt-1 text-soft">{words}</span>
      <div className="min-w-0">
        {error && !data && <ProblemNotice error={error} compact />}
        {!data && !error && <SkeletonRows count={1} rowClass="h-7" label={`Looking for what it ${words}`} />}
        {data && others.length === 0 && <p className="pt-1 text-soft">{none}</p>}
        <MessageLines messages={others} queueId={message.queueId} />
        {all.length > others.length && (
          <Link
            href={messagesHref(serialise(condition))}
            prefetch={false}
            className="text-xs text-accent underline-offset-2 hover:underline"
          >
            All of them
          </Link>
        )}
      </div>
    </div>
  );
}
