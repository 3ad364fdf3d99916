import type { z } from 'zod';
import { type GroupRow, groupState, type groupsQuery, type GroupsResponse } from '#lib/api/groups.ts';
import { type GroupState, groupStates, type GroupTriage } from '#lib/domain/error-group.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { Masking } from '#lib/masking/masking.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { maskAnswer, maskParts } from '#server/queries/mask-answer.ts';
import { readScope } from '#server/queries/scope.ts';
import type { GroupEntry } from '#server/store/group-store.ts';

/** Groups that filter and range meet: the problems behind the dead letters. */
export async function readGroups(runtime: Runtime, query: z.output<typeof groupsQuery>): Promise<GroupsResponse> {
  const states = readStates(query.states);
  const { now, filter, range, triage, reading, knownBackTo } = await readScope(runtime, query);
  const list = await runtime.store.index.listGroups({
    filter,
    range,
    now,
    triage,
    states,
    sort: query.sort,
    limit: query.limit,
  });
  const answer = {
    asOf: now,
    trendFrom: list.trendFrom,
    trendTo: list.trendTo,
    groups: withBesidesTitle(list.groups, runtime.masking).map((entry) => ({
      ...toGroupRow(entry, triage),
      besidesTitle: entry.besidesTitle,
    })),
    byState: list.byState,
    count: list.count,
    searchedTo: list.searchedTo,
    queueCounts: list.queueCounts,
    reading,
    knownBackTo,
  };
  return maskAnswer(answer, runtime.masking);
}

/** Rows that read alike would be taken for one. It is told only where it is needed: frames are long, and a list has hundreds of rows. */
function withBesidesTitle(groups: readonly GroupEntry[], masking: Masking | undefined) {
  const ofTitle = Map.groupBy(groups, (group) => group.description.title);
  return groups.map((group) => {
    const isAlone = (ofTitle.get(group.description.title)?.length ?? 0) < 2;
    const { parts } = group.description;
    const told = {
      frames: parts.kind === 'error' ? parts.frames : [],
      payloadShape: parts.kind === 'no-error-text' ? parts.payloadShape : null,
      attributes: (parts.kind === 'no-error-text' && parts.attributes) || [],
      value: group.splitFrom?.value ?? null,
    };
    return { ...group, besidesTitle: isAlone ? null : maskParts(told, masking) };
  });
}

const statesOfThemselves: readonly GroupState[] = groupStates.filter(
  (state) => state !== 'ignored' && state !== 'resolved',
);

function readStates(text: string | undefined): readonly GroupState[] {
  if (text === undefined) return statesOfThemselves;
  return text.split(',').map((part) => {
    const state = groupState.safeParse(part.trim());
    if (!state.success)
      throw new AppError(
        'invalid_request',
        `states: there is no state of that name; there are ${groupStates.join(', ')}.`,
        {
          details: { field: 'states' },
        },
      );
    return state.data;
  });
}

/** A group as the wire has it, with what people decided. */
export function toGroupRow(entry: GroupEntry, triage: readonly GroupTriage[]): GroupRow {
  const own = triage.find((record) => record.fingerprint === entry.fingerprint);
  const merged = triage.filter((record) => record.mergedInto === entry.fingerprint);
  const decision = own?.decision;
  return {
    fingerprint: entry.fingerprint,
    title: entry.description.title,
    errorClass: entry.errorClass,
    errorMessage: entry.errorMessage,
    reason: entry.reason,
    state: entry.state,
    ignoredUntil: decision?.kind === 'ignored' ? decision.until : null,
    resolvedAt: decision?.kind === 'resolved' ? decision.at : null,
    regressedAt: entry.regressedAt,
    owner: own?.owner ?? null,
    notes: [own, ...merged].reduce((sum, record) => sum + (record?.notes ?? 0), 0),
    merged: merged.length,
    count: entry.count,
    open: entry.open,
    firstAt: entry.firstAt,
    lastAt: entry.lastAt,
    queues: entry.queues,
    trend: entry.trend,
    besidesTitle: null,
  };
}
