'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { deleteRedirect, redirectsKey, redirectsQueryOptions, saveRedirect } from '#components/queries/redirects.ts';
import { plansKey, type PlanOptions } from '#components/queries/replays.ts';
import { deleteQuestion, ruleFor } from '#components/replay/prepare-destination.ts';
import { Button } from '#components/ui/button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { Question } from '#components/ui/question.tsx';
import type { ReplayView } from '#lib/api/replays.ts';
import { destinationLabel, type Destination } from '#lib/domain/message.ts';

/** The saved rules of this connection: whether they count here, and a new one from the place that was chosen. */
export function RedirectRules({
  replay,
  connection,
  options,
}: {
  replay: ReplayView;
  connection: string;
  options: PlanOptions;
}) {
  const client = useQueryClient();
  const { data } = useQuery(redirectsQueryOptions());
  const removal = useMutation({
    mutationFn: deleteRedirect,
    onSuccess: (left) => {
      client.setQueryData(redirectsKey, left);
      // What is shown was planned by the rules of before.
      return client.invalidateQueries({ queryKey: plansKey });
    },
  });
  const [asked, setAsked] = useState<string | null>(null);
  const summary = useRef<HTMLElement>(null);
  const rules = (data?.redirects ?? []).filter((rule) => rule.connection === connection);
  const { destination } = options;
  return (
    <>
      {destination !== null && replay.plan.willSend > 0 && (
        <SaveRule key={destinationLabel(destination)} {...{ replay, connection, destination }} />
      )}
      {removal.isSuccess && (
        // The list may be gone with its last rule: the focus stays where it was.
        <p key={removal.submittedAt} ref={(place) => place?.focus()} tabIndex={-1} role="status" className="text-soft">
          The rule is deleted.
        </p>
      )}
      {rules.length > 0 && (
        <details>
          <summary ref={summary} className="rounded-sm text-soft hover:text-text">
            {rules.length === 1 ? '1 redirect rule' : `${rules.length} redirect rules`} of {connection}
            {destination !== null && ': not asked, because a place was chosen'}
            {destination === null && options.redirects === 'ignore' && ': not applied'}
          </summary>
          <div className="grid gap-1.5 pt-1.5 pl-4">
            {rules.length > 1 && <p className="text-soft">The oldest that fits counts.</p>}
            <ul>
              {rules.map((rule) => (
                <li key={rule.id} className="flex flex-wrap items-center gap-2 border-b border-line py-1 last:border-0">
                  <span className="min-w-0 flex-1 break-words">
                    <b className="font-semibold">
                      <HostileText text={rule.name} charactersMax={80} />
                    </b>
                    {rule.matches === 'origin' ? ': what came from ' : ': what is in '}
                    <HostileText text={rule.pattern} charactersMax={120} isName /> goes to{' '}
                    <HostileText text={destinationLabel(rule.destination)} charactersMax={120} isName />
                  </span>
                  <Button
                    size="small"
                    look="quiet"
                    aria-label={`Delete the rule ${rule.name}`}
                    disabled={removal.isPending}
                    onClick={() => setAsked(rule.id)}
                  >
                    Delete
                  </Button>
                  {asked === rule.id && (
                    <Question
                      className="basis-full rounded-md px-2 py-1.5"
                      yes="Delete the rule"
                      no="Keep it"
                      onYes={() => {
                        setAsked(null);
                        summary.current?.focus();
                        removal.mutate(rule.id);
                      }}
                      onNo={() => setAsked(null)}
                    >
                      {deleteQuestion(rule, replay.plan)}
                    </Question>
                  )}
                </li>
              ))}
            </ul>
            {removal.error && <ProblemNotice error={removal.error} compact />}
          </div>
        </details>
      )}
    </>
  );
}

/** From now on, for every plan: so it is asked for by name. */
function SaveRule({
  replay,
  connection,
  destination,
}: {
  replay: ReplayView;
  connection: string;
  destination: Destination;
}) {
  const client = useQueryClient();
  const proposed = ruleFor(replay);
  const [name, setName] = useState('');
  const [pattern, setPattern] = useState(proposed?.pattern ?? '');
  const saving = useMutation({
    mutationFn: () => saveRedirect({ name, connection, matches: proposed?.matches ?? 'queue', pattern, destination }),
    onSuccess: () => client.invalidateQueries({ queryKey: redirectsKey }),
  });
  if (proposed === null) return null;
  if (saving.data)
    return (
      <p role="status" className="text-soft">
        Saved: the next plans send such messages there, too.
      </p>
    );
  return (
    <details>
      <summary className="rounded-sm text-soft hover:text-text">Always send such messages there…</summary>
      <form
        className="grid gap-2 pt-1.5 pl-4"
        onSubmit={(event) => {
          event.preventDefault();
          saving.mutate();
        }}
      >
        <label className="grid gap-1 text-xs text-soft">
          {proposed.matches === 'queue' ? 'What is in the queue' : 'What came from'} (* stands for anything)
          <input value={pattern} onChange={(event) => setPattern(event.target.value)} className={inputClass} />
        </label>
        <div className="flex items-end gap-2">
          <label className="grid min-w-0 flex-1 gap-1 text-xs text-soft">
            Name of the rule
            <input
              value={name}
              maxLength={80}
              onChange={(event) => setName(event.target.value)}
              className={inputClass}
            />
          </label>
          <Button type="submit" disabled={name.trim() === '' || pattern.trim() === '' || saving.isPending}>
            Save the rule
          </Button>
        </div>
        {saving.error && <ProblemNotice error={saving.error} compact />}
      </form>
    </details>
  );
}

const inputClass =
  'h-7 min-w-0 rounded-md border border-control bg-panel px-2 text-xs text-text placeholder:text-faint';
