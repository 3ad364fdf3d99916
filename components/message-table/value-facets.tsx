'use client';

import clsx from 'clsx';
import { ChevronRight } from 'lucide-react';
import { facetLabel, facetTitles } from '#components/message-table/prepare-facets.ts';
import { ofBefore } from '#components/queries/use-answered.ts';
import type { FacetField } from '#components/queries/facets.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { formatCount } from '#components/ui/numbers.ts';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { FacetsResponse } from '#lib/api/timeline.ts';

/** The values of more fields with their counts; what is closed is not counted. */
export function ValueFacets({
  fields,
  opened,
  facets,
  isOfBefore,
  unread,
  problem,
  isChosen,
  onOpen,
  onChoose,
}: {
  fields: readonly FacetField[];
  opened: readonly FacetField[];
  /** `null` while they are counted. */
  facets: FacetsResponse['facets'] | null;
  /** They answer the filter before; the new counts are on their way. */
  isOfBefore: boolean;
  /** Instead of "none", where nobody has looked. */
  unread: string | null;
  problem: unknown;
  isChosen: (field: FacetField, value: string) => boolean;
  onOpen: (field: FacetField) => void;
  onChoose: (field: FacetField, value: string) => void;
}) {
  return (
    <div aria-busy={isOfBefore} className={clsx('border-t border-line p-2', isOfBefore && ofBefore)}>
      {fields.map((field) => {
        const open = opened.includes(field);
        const facet = facets?.find((each) => each.field === field);
        return (
          <section key={field} aria-label={facetTitles[field]}>
            <h2>
              <button
                type="button"
                aria-expanded={open}
                onClick={() => onOpen(field)}
                className="flex h-7 w-full items-center gap-1 rounded-md px-1 text-2xs font-semibold text-faint hover:bg-hover hover:text-text"
              >
                <ChevronRight size={12} aria-hidden className={clsx('transition-transform', open && 'rotate-90')} />
                {facetTitles[field]}
                {open && facet && facet.among !== null && facet.among > 0 && (
                  <span className="ml-auto font-medium">among the newest {formatCount(facet.among)}</span>
                )}
              </button>
            </h2>
            {open && (
              <div className="pb-1.5">
                {problem !== null && problem !== undefined && !facet && <ProblemNotice error={problem} compact />}
                {!facet && !problem && (
                  <SkeletonRows count={3} rowClass="h-[26px]" label={`Counting: ${facetTitles[field]}`} />
                )}
                {facet?.values.length === 0 && <p className="px-2 text-xs text-soft">{unread ?? 'No values.'}</p>}
                <ul>
                  {facet?.values.map(({ value, count }) => {
                    const chosen = isChosen(field, value);
                    return (
                      <li key={value}>
                        <button
                          type="button"
                          aria-pressed={chosen}
                          title={value}
                          onClick={() => onChoose(field, value)}
                          className={clsx(
                            'flex h-[26px] w-full items-center gap-2 rounded-md px-2 text-left text-xs',
                            chosen ? 'bg-accent-soft' : 'hover:bg-hover',
                          )}
                        >
                          <span className={clsx('min-w-0 flex-1 truncate', field === 'key' && 'font-mono')}>
                            {value === '' ? (
                              <span className="text-faint">empty</span>
                            ) : (
                              <HostileText text={facetLabel(field, value)} charactersMax={120} />
                            )}
                          </span>
                          <span className="shrink-0 text-soft">{formatCount(count)}</span>
                        </button>
                      </li>
                    );
                  })}
                </ul>
              </div>
            )}
          </section>
        );
      })}
    </div>
  );
}
