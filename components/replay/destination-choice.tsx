'use client';

import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { overviewQueryOptions } from '#components/queries/overview.ts';
import type { PlanOptions } from '#components/queries/replays.ts';
import { Choice } from '#components/replay/plan-options.tsx';
import {
  connectionOfPlan,
  fieldsOf,
  isUnplanned,
  knownPlaces,
  type PlaceFields,
  placeOf,
  placeWords,
  wayOf,
} from '#components/replay/prepare-destination.ts';
import { planWords } from '#components/replay/plan-words.ts';
import { RedirectRules } from '#components/replay/redirect-rules.tsx';
import { Button } from '#components/ui/button.tsx';
import type { ReplayView } from '#lib/api/replays.ts';
import type { BrokerKind, Destination } from '#lib/domain/message.ts';

/** Where they go instead of where they came from; each change asks for a new plan. */
export function DestinationChoice({
  replay,
  options,
  onChange,
  onUnplanned,
  onPlaced,
}: {
  replay: ReplayView;
  options: PlanOptions;
  onChange: (options: PlanOptions) => void;
  /** Told whether what stands in the form is not the place that the plan is for. */
  onUnplanned: (isUnplanned: boolean) => void;
  /** After a place was asked for, by what is then gone or disabled. */
  onPlaced: () => void;
}) {
  const { data: overview } = useQuery(overviewQueryOptions());
  const [asked, setAsked] = useState(options.destination !== null);
  const [fields, setFields] = useState(fieldsOf(options.destination));
  const connection = overview ? connectionOfPlan(replay, overview) : null;
  if (!overview || !connection) return null;
  const words = planWords(replay.plan.total);
  const way = wayOf(replay.plan, options);
  const isElsewhere = asked || options.destination !== null;
  const send = (destination: Destination) => {
    onUnplanned(false);
    onChange({ ...options, destination });
    onPlaced();
  };
  return (
    <div className="mb-3 grid gap-2">
      <Choice
        option="where"
        label={words.send}
        choices={[
          { id: 'back', label: words.cameFrom, chosen: !isElsewhere && way !== 'rules' },
          ...(way === 'rules'
            ? [{ id: 'rules', label: 'by rules', chosen: !isElsewhere, title: 'As redirect rules say' }]
            : []),
          { id: 'elsewhere', label: 'to another place', chosen: isElsewhere },
        ]}
        onChoose={(id) => {
          setAsked(id === 'elsewhere');
          onUnplanned(id === 'elsewhere' && isUnplanned(connection.kind, fields, options.destination));
          if (id === 'back' && way !== 'back') {
            onUnplanned(false);
            onChange({ ...options, destination: null, ...(way === 'rules' && { redirects: 'ignore' as const }) });
          }
        }}
      />
      {isElsewhere ? (
        <>
          <PlaceForm
            kind={connection.kind}
            chosen={options.destination}
            fields={fields}
            onFields={(changed) => {
              setFields(changed);
              onUnplanned(isUnplanned(connection.kind, changed, options.destination));
            }}
            known={knownPlaces(replay, overview, connection.name)}
            onPlace={send}
          />
          {replay.plan.suggestions.length > 0 && (
            <p className="flex flex-wrap items-center gap-1.5 text-soft">
              There is also
              {replay.plan.suggestions.slice(0, 4).map(({ destination, label, why }) => (
                <Button
                  key={label}
                  size="small"
                  title={why}
                  onClick={() => {
                    setFields(fieldsOf(destination));
                    send(destination);
                  }}
                >
                  {label}
                </Button>
              ))}
            </p>
          )}
        </>
      ) : (
        connection.kind === 'kafka' && (
          <Choice
            label="Partition"
            choices={[
              { id: 'original', label: 'the one it came from', chosen: options.partition === 'original' },
              { id: 'by-key', label: 'by its key', chosen: options.partition === 'by-key' },
            ]}
            onChoose={(id) => onChange({ ...options, partition: id === 'by-key' ? 'by-key' : 'original' })}
          />
        )
      )}
      <RedirectRules replay={replay} connection={connection.name} options={options} />
    </div>
  );
}

/** Takes effect with Enter or its button: a plan for each letter would be waste. */
function PlaceForm({
  kind,
  chosen,
  fields,
  known,
  onFields,
  onPlace,
}: {
  kind: BrokerKind;
  chosen: Destination | null;
  fields: PlaceFields;
  onFields: (fields: PlaceFields) => void;
  known: readonly { readonly name: string; readonly why: string | null }[];
  onPlace: (destination: Destination) => void;
}) {
  const listId = useId();
  const place = placeOf(kind, fields);
  const isNew = place !== null && isUnplanned(kind, fields, chosen);
  return (
    <form
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (place !== null && isNew) onPlace(place);
      }}
    >
      {kind === 'rabbitmq' && (
        <label className="grid min-w-0 flex-1 gap-1 text-xs text-soft">
          Exchange
          <input
            value={fields.exchange}
            placeholder="(default exchange)"
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => onFields({ ...fields, exchange: event.target.value })}
            className={inputClass}
          />
        </label>
      )}
      <label className="grid min-w-0 flex-1 gap-1 text-xs text-soft">
        {placeWords[kind]}
        <input
          value={fields.name}
          list={listId}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onFields({ ...fields, name: event.target.value })}
          className={inputClass}
        />
      </label>
      <datalist id={listId}>
        {known.map(({ name, why }) => (
          <option key={name} value={name}>
            {why}
          </option>
        ))}
      </datalist>
      <Button type="submit" disabled={!isNew}>
        Plan it
      </Button>
    </form>
  );
}

const inputClass =
  'h-7 min-w-0 rounded-md border border-control bg-panel px-2 text-xs text-text placeholder:text-faint';
