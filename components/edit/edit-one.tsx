'use client';

import { useQuery } from '@tanstack/react-query';
import clsx from 'clsx';
import { useState } from 'react';
import { EditLayout, EditSection } from '#components/edit/edit-layout.tsx';
import { CodeEditor, EditorFrame, mistakeId } from '#components/edit/editor-frame.tsx';
import { HeaderEditor } from '#components/edit/header-editor.tsx';
import {
  draftedEdit,
  jsonMistake,
  noTextReason,
  patchTemplate,
  type HeaderDraft,
} from '#components/edit/prepare-edit.ts';
import { PlanButton } from '#components/edit/plan-button.tsx';
import { PreviewView } from '#components/edit/preview-view.tsx';
import { usePlanning } from '#components/edit/use-planning.ts';
import { useSettled } from '#components/edit/use-settled.ts';
import { editPreviewQueryOptions } from '#components/queries/edits.ts';
import { ReplayPanel } from '#components/replay/replay-panel.tsx';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { radioProps } from '#components/ui/radios.ts';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { EditPreview } from '#lib/api/edits.ts';
import { editableJson } from '#lib/edit/json-style.ts';

const modes = [
  { id: 'text', label: 'Text' },
  { id: 'patch', label: 'JSON Patch' },
] as const;

/** One message in an editor, with what the edit makes of it beside it, and then the plan that sends it. */
export function EditOne({ message }: { message: EditPreview }) {
  const { before, messageId } = message;
  const noText = noTextReason(message);
  const [begun] = useState(() => {
    const text = before.text ?? '';
    return before.format === 'json' ? editableJson(text) : { text, style: null };
  });
  const [mode, setMode] = useState<'text' | 'patch'>(noText === null ? 'text' : 'patch');
  const text = useSettled(begun.text);
  const [template] = useState(() => patchTemplate(before.maskedBy.length > 0 ? null : before.text));
  const patch = useSettled(template);
  const headers = useSettled<readonly HeaderDraft[]>([]);

  const isJson = mode === 'patch' || before.format === 'json';
  const typed = mode === 'patch' ? patch.value : text.value;
  const mistake = isJson && message.closed === null && typed.trim() !== '' ? jsonMistake(typed) : null;
  const drafted = (which: 'value' | 'settled') =>
    draftedEdit({
      mode,
      text: text[which],
      original: begun.text,
      style: begun.style,
      patch: patch[which],
      template,
      headers: headers[which],
    });
  const edit = drafted('settled');
  const isSettling = text.value !== text.settled || patch.value !== patch.settled || headers.value !== headers.settled;
  const preview = useQuery({ ...editPreviewQueryOptions(messageId, edit), enabled: mistake === null && edit !== null });
  const canPlan =
    edit !== null &&
    mistake === null &&
    !isSettling &&
    !preview.isError &&
    !preview.isPlaceholderData &&
    preview.data?.problems.length === 0;
  const { planning, waits, ask, leave, typing } = usePlanning({ hasEdit: drafted('value') !== null, canPlan });

  return (
    <EditLayout
      left={
        <>
          <EditSection
            title="Body"
            actions={
              <div role="radiogroup" aria-label="Edit it as" className="flex gap-0.5 rounded-[5px] bg-sunk p-0.5">
                {modes.map(({ id, label }) => (
                  <button
                    key={id}
                    {...radioProps({
                      id,
                      ids: modes.map((each) => each.id),
                      chosen: mode,
                      onChoose: (next) => typing(() => setMode(next === 'patch' || noText !== null ? 'patch' : 'text')),
                    })}
                    disabled={id === 'text' && noText !== null}
                    className={clsx(
                      'h-5 rounded px-2 text-2xs font-[550] disabled:opacity-55',
                      mode === id
                        ? 'bg-panel text-text shadow-[0_0_0_1px_var(--line-strong)]'
                        : 'text-soft hover:text-text',
                    )}
                  >
                    {label}
                  </button>
                ))}
              </div>
            }
          >
            {noText !== null && <p className="mb-2 rounded-md bg-attention-soft px-3 py-2 text-attention">{noText}</p>}
            {message.closed === null && (
              <EditorFrame
                heightClass="h-[46vh]"
                mistake={mistake}
                hint={`${before.label}. What you leave alone goes back as it was.`}
              >
                {mode === 'text' ? (
                  <CodeEditor
                    key="text"
                    initial={text.value}
                    label="Body of the message"
                    describedBy={mistakeId}
                    isJson={before.format === 'json'}
                    autoFocus
                    onChange={(next) => typing(() => text.set(next))}
                  />
                ) : (
                  <CodeEditor
                    key="patch"
                    initial={patch.value}
                    label="JSON Patch"
                    describedBy={mistakeId}
                    isJson
                    onChange={(next) => typing(() => patch.set(next))}
                  />
                )}
              </EditorFrame>
            )}
          </EditSection>
          {mode === 'patch' && noText !== null && before.text !== null && (
            <EditSection title="What it holds">
              <pre className="max-h-72 overflow-auto font-mono text-xs/[19px] break-words whitespace-pre-wrap">
                {begun.text}
              </pre>
            </EditSection>
          )}
          <EditSection title="Headers">
            <HeaderEditor
              headers={message.headers}
              drafts={headers.value}
              onDrafts={(next) => typing(() => headers.set(next))}
            />
          </EditSection>
        </>
      }
      right={
        planning && edit !== null ? (
          <ReplayPanel key={JSON.stringify(edit)} selection={{ messageIds: [messageId] }} edit={edit} onClose={leave} />
        ) : (
          <EditSection title="What changes" actions={<PlanButton canPlan={canPlan} waits={waits} onPlan={ask} />}>
            {edit === null && (
              <p className="text-soft">Nothing yet: what you change stands here before anything is sent.</p>
            )}
            {edit !== null && mistake !== null && <p className="text-failing">{mistake}</p>}
            {edit !== null && mistake === null && preview.isError && <ProblemNotice error={preview.error} />}
            {edit !== null && mistake === null && !preview.isError && !preview.data && (
              <SkeletonRows count={4} rowClass="h-5" label="Checking" />
            )}
            {edit !== null && mistake === null && !preview.isError && preview.data && (
              <PreviewView preview={preview.data} />
            )}
          </EditSection>
        )
      }
    />
  );
}
