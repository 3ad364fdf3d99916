'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { DiffLines } from '#components/message-detail/diff-lines.tsx';
import { diffSentence, diffText } from '#components/message-detail/prepare-diff.ts';
import { MessageLink } from '#components/message-detail/message-link.tsx';
import { diffQueryOptions } from '#components/queries/diff.ts';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { DiffChoice, DiffRelation, DiffResponse } from '#lib/api/diff.ts';

const relations: Readonly<Record<DiffRelation, string>> = {
  original: 'what it was before it came back',
  return: 'what it came back as',
  'same-key': 'the same key',
  asked: 'another message',
};

/** The payload beside that of its original or return, or of a neighbour with its key. */
export function PayloadDiff({ messageId }: { messageId: string }) {
  const [withId, setWithId] = useState<string | null>(null);
  const { data, error } = useQuery(diffQueryOptions(messageId, withId));
  if (error && !data) return <ProblemNotice error={error} compact />;
  if (!data) return <SkeletonRows count={4} rowClass="h-5" label="Comparing" />;
  return (
    <div>
      {data.choices.length > 1 && <Choices answer={data} onChoose={setWithId} />}
      <p className="mb-1.5 flex items-center gap-2 text-xs text-soft">
        <span>{diffSentence(data)}</span>
        {data.with && (
          <MessageLink messageId={data.with.id}>
            {data.choices.length > 1 ? 'Open that one' : relations[data.with.relation]}
          </MessageLink>
        )}
        {data.diff && data.diff.added + data.diff.removed > 0 && (
          <CopyButton text={diffText(data.diff.lines)} label="Copy the differences" />
        )}
      </p>
      {data.diff && data.diff.added + data.diff.removed > 0 && <DiffLines lines={data.diff.lines} />}
    </div>
  );
}

function Choices({ answer, onChoose }: { answer: DiffResponse; onChoose: (id: string) => void }) {
  return (
    <div
      role="group"
      aria-label="Compare with"
      className="mb-1.5 flex flex-wrap items-center gap-1 text-2xs text-faint"
    >
      Compare with
      {answer.choices.map((choice) => (
        <button
          key={choice.id}
          type="button"
          aria-pressed={choice.id === answer.with?.id}
          onClick={() => onChoose(choice.id)}
          className="h-6 rounded-md border border-line px-1.5 text-soft hover:bg-hover aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-text"
        >
          <ChoiceWords choice={choice} />
        </button>
      ))}
    </div>
  );
}

function ChoiceWords({ choice }: { choice: DiffChoice }) {
  return (
    <>
      {relations[choice.relation]}, <HostileText text={choice.identity} charactersMax={24} />,{' '}
      <Instant at={choice.at} suffix=" ago" />
    </>
  );
}
