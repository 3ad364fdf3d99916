'use client';

import { hasTerm } from '#components/filter-bar/prepare-filter.ts';
import { GroupFacets } from '#components/message-table/group-facets.tsx';
import { facetsOfPage } from '#components/message-table/prepare-facets.ts';
import { ValueFacets } from '#components/message-table/value-facets.tsx';
import { pageFilter } from '#components/queue-screen/page-filter.ts';
import { facetValueTerm, withoutField } from '#components/queue-screen/prepare-terms.ts';
import { startFilter } from '#components/queue-screen/queue-url.ts';
import type { useTriageReads } from '#components/queue-screen/use-triage-reads.ts';
import { groupsHref } from '#components/shell/links.ts';
import type { ColourSlots } from '#components/timeline/series-colours.ts';
import { groupStates } from '#lib/domain/error-group.ts';

/** What the view can be narrowed by with a press: its groups first, then the values of more fields. */
export function SideFacets({
  queueId,
  typed,
  range,
  reads,
  isIdle,
  unread,
  slots,
  onTerm,
  onGroup,
  onPoint,
}: {
  queueId: string | null;
  typed: string;
  range: string;
  reads: ReturnType<typeof useTriageReads>;
  /** Nothing is counted, because the filter cannot be read. */
  isIdle: boolean;
  /** What is said where nothing is found because nobody has looked; `null` where all was read. */
  unread: string | null;
  slots: ColourSlots;
  onTerm: (term: string) => void;
  onGroup: (fingerprint: string) => void;
  onPoint: (fingerprint: string | null) => void;
}) {
  if (isIdle && !reads.groups.data)
    return <p className="p-4 text-xs text-faint">Groups and values are counted again once the filter can be read.</p>;
  return (
    <>
      <GroupFacets
        isNarrowed={queueId !== null || range !== 'all' || !isWhole(typed)}
        answer={reads.groups.data ?? null}
        isOfBefore={reads.isOfBefore.groups}
        unread={unread}
        problem={reads.groups.error}
        slots={slots}
        allGroups={groupsHref(pageFilter(queueId, withoutField(typed, 'group').rest), {
          range,
          states: groupStates.join(),
        })}
        chosen={reads.chosenGroups}
        onChoose={onGroup}
        onPoint={onPoint}
      />
      <ValueFacets
        fields={facetsOfPage(queueId)}
        opened={reads.openedFacets}
        facets={reads.facets.data?.facets ?? null}
        isOfBefore={reads.isOfBefore.facets}
        unread={unread}
        problem={reads.facets.error}
        isChosen={(field, value) => hasTerm(typed, facetValueTerm(field, value) ?? '\0')}
        onOpen={reads.openFacet}
        onChoose={(field, value) => {
          const term = facetValueTerm(field, value);
          if (term !== null) onTerm(term);
        }}
      />
    </>
  );
}

/** The groups that are chosen narrow the table, and not the list of groups. */
function isWhole(typed: string): boolean {
  return ['', startFilter].includes(withoutField(typed, 'group').rest.trim());
}
