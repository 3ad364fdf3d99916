import { createLoader, parseAsArrayOf, parseAsString, parseAsStringLiteral } from 'nuqs/server';
import { openStates } from '#components/groups/prepare-groups.ts';
import { groupStates } from '#lib/domain/error-group.ts';

export const groupSorts = ['count', 'last', 'first', 'trend'] as const;

/** What of the groups' page stands in its address. */
export const groupsUrl = {
  filter: parseAsString.withDefault(''),
  range: parseAsString.withDefault('all'),
  states: parseAsArrayOf(parseAsStringLiteral(groupStates)).withDefault([...openStates]),
  sort: parseAsStringLiteral(groupSorts).withDefault('count'),
};

export const loadGroupsUrl = createLoader(groupsUrl);

/** What of one group's page stands in its address. */
export const groupUrl = { range: parseAsString.withDefault('all') };

export const loadGroupUrl = createLoader(groupUrl);
