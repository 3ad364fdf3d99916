'use client';

import { useQuery } from '@tanstack/react-query';
import { NamedPreview, PreviewView } from '#components/edit/preview-view.tsx';
import { plannedPreviewsQueryOptions } from '#components/queries/edits.ts';
import { replayItemsQueryOptions } from '#components/queries/replays.ts';
import { countOf, formatCount } from '#components/ui/numbers.ts';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { ReplayView } from '#lib/api/replays.ts';

const shownMax = 3;

/** What the edit of a plan makes of its first messages, so that what is confirmed was seen. */
export function PlanDifferences({ replay }: { replay: Pick<ReplayView, 'id' | 'plan'> }) {
  const items = useQuery(replayItemsQueryOptions(replay.id, 'to-go', null));
  const ids = (items.data?.items ?? []).slice(0, shownMax).map(({ messageId }) => messageId);
  const previews = useQuery({ ...plannedPreviewsQueryOptions(replay.id, ids), enabled: ids.length > 0 });
  const { willSend } = replay.plan;
  const error = items.error ?? previews.error;
  if (willSend === 0) return null;
  if (error) return <ProblemNotice error={error} compact />;
  if (!previews.data) return <SkeletonRows count={2} rowClass="h-10" label="Looking at what changes" />;
  return (
    <div className="mb-3 grid gap-2">
      {willSend > ids.length && (
        <p className="text-xs text-soft">
          The first {formatCount(ids.length)} of {countOf(willSend, 'message')}:
        </p>
      )}
      <ul aria-label="What changes in the first messages" className="grid gap-2.5">
        {previews.data.previews.map((preview) => (
          <li key={preview.messageId} className="min-w-0">
            {willSend > 1 ? <NamedPreview preview={preview} /> : <PreviewView preview={preview} />}
          </li>
        ))}
      </ul>
    </div>
  );
}
