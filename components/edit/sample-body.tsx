import { useState } from 'react';
import { EditSection } from '#components/edit/edit-layout.tsx';
import { bodyWords } from '#components/edit/prepare-edit.ts';
import { MessageLink } from '#components/message-detail/message-link.tsx';
import { Button } from '#components/ui/button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { ScrollBox } from '#components/ui/scroll-box.tsx';
import type { EditPreview } from '#lib/api/edits.ts';
import { editableJson } from '#lib/edit/json-style.ts';

/** A body of the selection as it is: a patch is written for what is in it. */
export function SampleBody({ samples }: { samples: readonly EditPreview[] }) {
  const [at, setAt] = useState(0);
  const sample = samples[at];
  if (!sample) return null;
  const { before } = sample;
  const text = before.text === null || before.format !== 'json' ? before.text : editableJson(before.text).text;
  return (
    <EditSection
      title="What one of them holds"
      actions={
        samples.length > 1 && (
          <Button size="small" onClick={() => setAt((at + 1) % samples.length)}>
            Another one
          </Button>
        )
      }
    >
      <p className="mb-1 text-xs text-soft">
        <MessageLink messageId={sample.messageId}>
          <HostileText text={sample.identity} charactersMax={60} />
        </MessageLink>{' '}
        · {bodyWords(before)}
        {before.cut && ', its beginning'}
      </p>
      <ScrollBox scrolls className="max-h-72 rounded-md bg-sunk px-2.5 py-1.5">
        <pre className="font-mono text-xs/[19px] break-words whitespace-pre-wrap">
          {text ?? 'There is no body, or it cannot be shown as text.'}
        </pre>
      </ScrollBox>
    </EditSection>
  );
}
