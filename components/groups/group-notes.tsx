'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { RailSection } from '#components/groups/rail-section.tsx';
import { changeGroup, groupsKey } from '#components/queries/groups.ts';
import { Button } from '#components/ui/button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { formatCount } from '#components/ui/numbers.ts';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import type { GroupDetail } from '#lib/api/groups.ts';

const noteMax = 4_000;

/** What people know of the problem. Notes are text, never markup, and stay when the messages are replayed. */
export function GroupNotes({ fingerprint, notes }: { fingerprint: string; notes: GroupDetail['noteList'] }) {
  const client = useQueryClient();
  const [typed, setTyped] = useState('');
  const add = useMutation({
    mutationFn: (note: string) => changeGroup(fingerprint, { note }),
    onSuccess: async () => {
      setTyped('');
      await client.invalidateQueries({ queryKey: groupsKey });
    },
  });
  const note = typed.trim();
  const submit = () => {
    if (note !== '' && !add.isPending) add.mutate(note);
  };
  return (
    <RailSection title="Notes" marks={notes.length > 0 && formatCount(notes.length)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <textarea
          value={typed}
          maxLength={noteMax}
          rows={typed === '' ? 1 : Math.min(8, typed.split('\n').length + 1)}
          aria-label="New note"
          placeholder="What is known about it"
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            submit();
          }}
          className="block w-full resize-none rounded-md border border-control bg-panel px-2 py-1 placeholder:text-faint"
        />
        {note !== '' && (
          <div className="mt-1.5 flex items-center gap-2">
            <Button type="submit" look="go" size="small" disabled={add.isPending} keyHint="⌘↵">
              Add the note
            </Button>
            {typed.length > noteMax - 200 && (
              <span className="text-2xs text-faint">{formatCount(noteMax - typed.length)} characters left</span>
            )}
          </div>
        )}
      </form>
      {add.error && (
        <div className="mt-1.5">
          <ProblemNotice error={add.error} compact />
        </div>
      )}
      <ol className="mt-2.5 grid gap-2.5 empty:hidden">
        {notes.map((each) => (
          <li key={each.id}>
            <p className="break-words whitespace-pre-wrap">
              <HostileText text={each.text} charactersMax={noteMax} multiline />
            </p>
            <p className="text-2xs text-faint">
              <HostileText text={each.by} charactersMax={80} />, <Instant at={each.at} suffix=" ago" />
            </p>
          </li>
        ))}
      </ol>
    </RailSection>
  );
}
