'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import clsx from 'clsx';
import { useState } from 'react';
import { EditLayout, EditSection } from '#components/edit/edit-layout.tsx';
import { CodeEditor, EditorFrame, mistakeId } from '#components/edit/editor-frame.tsx';
import { HeaderEditor } from '#components/edit/header-editor.tsx';
import {
  draftedEdit,
  inOrderOfUse,
  jsonMistake,
  patchTemplate,
  previewsWords,
  type HeaderDraft,
} from '#components/edit/prepare-edit.ts';
import { PlanButton } from '#components/edit/plan-button.tsx';
import { NamedPreview } from '#components/edit/preview-view.tsx';
import { SampleBody } from '#components/edit/sample-body.tsx';
import { usePlanning } from '#components/edit/use-planning.ts';
import { useSettled } from '#components/edit/use-settled.ts';
import { editPreviewsQueryOptions, samplesQueryOptions } from '#components/queries/edits.ts';
import type { PlanSelection } from '#components/queries/replays.ts';
import { ReplayPanel } from '#components/replay/replay-panel.tsx';
import { Button } from '#components/ui/button.tsx';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { EditPreview } from '#lib/api/edits.ts';

/** A JSON Patch and header edits over a selection, with the diff of each message page by page; first with one of the bodies that it is written for. */
export function EditMany({ selection }: { selection: PlanSelection }) {
  const samples = useQuery(samplesQueryOptions(selection));
  if (samples.isPending) return <SkeletonRows count={12} rowClass="h-8" label="Reading the first messages" />;
  return <PatchMany selection={selection} samples={inOrderOfUse(samples.data?.previews ?? [])} />;
}

function PatchMany({ selection, samples }: { selection: PlanSelection; samples: readonly EditPreview[] }) {
  const [template] = useState(() => {
    const body = samples[0]?.before;
    return patchTemplate(body === undefined || body.maskedBy.length > 0 ? null : body.text);
  });
  const patch = useSettled(template);
  const headers = useSettled<readonly HeaderDraft[]>([]);
  const mistake = jsonMistake(patch.value);
  const drafted = (which: 'value' | 'settled') =>
    draftedEdit({
      ...{ mode: 'patch', text: '', original: '', style: null, template },
      patch: patch[which],
      headers: headers[which],
    });
  const edit = drafted('settled');
  const isSettling = patch.value !== patch.settled || headers.value !== headers.settled;
  const pages = useInfiniteQuery({
    ...editPreviewsQueryOptions(selection, edit),
    enabled: mistake === null && edit !== null,
  });
  const previews = (pages.data?.pages ?? []).flatMap((page) => page.previews);
  const refused = (pages.data?.pages ?? []).reduce((sum, page) => sum + page.refused, 0);
  const isShown = edit !== null && mistake === null;
  const canPlan = isShown && !isSettling && !pages.isError;
  const { planning, waits, ask, leave, typing } = usePlanning({ hasEdit: drafted('value') !== null, canPlan });
  return (
    <EditLayout
      left={
        <>
          <EditSection title="JSON Patch, made to the body of each message">
            <EditorFrame
              heightClass="h-[40vh]"
              mistake={mistake}
              hint="RFC 6902: add, remove, replace, move, copy, test. A message on which an operation fails is not sent."
            >
              <CodeEditor
                initial={template}
                label="JSON Patch"
                describedBy={mistakeId}
                isJson
                autoFocus
                onChange={(next) => typing(() => patch.set(next))}
              />
            </EditorFrame>
          </EditSection>
          <SampleBody samples={samples} />
          <EditSection title="Headers, of each message">
            <HeaderEditor headers={[]} drafts={headers.value} onDrafts={(next) => typing(() => headers.set(next))} />
          </EditSection>
        </>
      }
      right={
        planning && edit !== null ? (
          <ReplayPanel key={JSON.stringify(edit)} selection={selection} edit={edit} onClose={leave} />
        ) : (
          <EditSection title="What changes" actions={<PlanButton canPlan={canPlan} waits={waits} onPlan={ask} />}>
            {edit === null && (
              <p className="text-soft">
                Nothing yet: what the patch makes of each message stands here before anything is sent.
              </p>
            )}
            {edit !== null && mistake !== null && <p className="text-failing">{mistake}</p>}
            {isShown && pages.isError && <ProblemNotice error={pages.error} />}
            {isShown && pages.isPending && (
              <SkeletonRows count={6} rowClass="h-10" label="Looking at the first messages" />
            )}
            {isShown && pages.data && (
              <>
                <p role="status" className={clsx('mb-2', refused > 0 ? 'text-failing' : 'text-soft')}>
                  {previewsWords(previews.length, refused, !pages.hasNextPage)}
                </p>
                <ul className="grid gap-3">
                  {previews.map((preview) => (
                    <li key={preview.messageId} className="border-t border-line pt-2">
                      <NamedPreview preview={preview} />
                    </li>
                  ))}
                </ul>
                {pages.hasNextPage && (
                  <Button className="mt-3" disabled={pages.isFetching} onClick={() => void pages.fetchNextPage()}>
                    {pages.isFetching ? 'Looking…' : 'Look at the next ones'}
                  </Button>
                )}
              </>
            )}
          </EditSection>
        )
      }
    />
  );
}
