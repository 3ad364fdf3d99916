'use client';

import { useQuery } from '@tanstack/react-query';
import { EditLines } from '#components/edit/edit-lines.tsx';
import { NamedPreview, PreviewView } from '#components/edit/preview-view.tsx';
import { plannedPreviewsQueryOptions } from '#components/queries/edits.ts';
import { replayItemsQueryOptions } from '#components/queries/replays.ts';
import { countOf, formatCount } from '#components/ui/numbers.ts';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { ReplayView } from '#lib/api/replays.ts';
import type { MessageEdit } from '#lib/domain/message-edit.ts';

const shownMax = 3;

/** What the edit of a plan makes of its first messages, so that what is confirmed was seen; and of a replay what it made of them. */
export function PlanDifferences({
  replay,
  edit,
}: {
  replay: Pick<ReplayView, 'id' | 'plan' | 'state'>;
  edit: MessageEdit;
}) {
  const past = replay.state !== 'planned';
  const { willSend } = replay.plan;
  return (
    <EditLines edit={edit} count={willSend}>
      {willSend > 0 && <FirstDifferences replayId={replay.id} count={willSend} past={past} />}
    </EditLines>
  );
}

function FirstDifferences({ replayId, count, past }: { replayId: string; count: number; past: boolean }) {
  const items = useQuery(replayItemsQueryOptions(replayId, past ? null : 'to-go', null));
  const ids = (items.data?.items ?? [])
    .filter(({ state }) => state !== 'skipped')
    .slice(0, shownMax)
    .map(({ messageId }) => messageId);
  const previews = useQuery({ ...plannedPreviewsQueryOptions(replayId, ids), enabled: ids.length > 0 });
  const error = items.error ?? previews.error;
  if (error) return <ProblemNotice error={error} compact />;
  if (items.data && ids.length === 0) return null;
  if (!previews.data) return <SkeletonRows count={2} rowClass="h-10" label="Looking at what changes" />;
  return (
    <div className="mb-3 grid gap-2">
      {count > ids.length && (
        <p className="text-xs text-soft">
          The first {formatCount(ids.length)} of {countOf(count, 'message')}:
        </p>
      )}
      <ul aria-label="What changes in the first messages" className="grid gap-2.5">
        {previews.data.previews.map((preview) => (
          <li key={preview.messageId} className="min-w-0">
            {count > 1 ? <NamedPreview preview={preview} /> : <PreviewView preview={preview} />}
          </li>
        ))}
      </ul>
    </div>
  );
}
