import clsx from 'clsx';
import type { Facet } from '#components/message-table/prepare-facets.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { formatCount } from '#components/ui/numbers.ts';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';

/** The errors within the view, most frequent first; a click narrows the filter to one, another click widens it again. */
export function ErrorFacets({
  facets,
  problem,
  isChosen,
  onChoose,
}: {
  facets: readonly Facet[] | null;
  problem: unknown;
  isChosen: (facet: Facet) => boolean;
  onChoose: (facet: Facet) => void;
}) {
  const top = Math.max(1, ...(facets ?? []).map((facet) => facet.count));
  return (
    <section aria-label="Errors" className="min-h-0 overflow-y-auto p-2">
      <h2 className="flex px-2 pt-0.5 pb-1.5 text-2xs font-semibold text-faint">
        Errors <span className="ml-auto font-medium">by count</span>
      </h2>
      {problem !== null && problem !== undefined && <ProblemNotice error={problem} compact />}
      {facets === null && !problem && <SkeletonRows count={6} rowClass="h-[58px]" label="Counting errors" />}
      {facets?.length === 0 && <p className="px-2 py-1 text-soft">No errors within this filter.</p>}
      <ul className="grid gap-0.5">
        {facets?.map((facet) => {
          const chosen = isChosen(facet);
          const name = facet.errorClass ?? facet.reason ?? 'no error class';
          return (
            <li key={`${facet.errorClass}\n${facet.errorMessage}\n${facet.reason}`}>
              <button
                type="button"
                aria-pressed={chosen}
                onClick={() => onChoose(facet)}
                className={clsx(
                  'grid w-full grid-cols-[minmax(0,1fr)_auto] gap-x-2 gap-y-0.5 rounded-md px-2 py-1.5 text-left',
                  chosen ? 'bg-accent-soft' : 'hover:bg-hover',
                )}
              >
                <span className="truncate font-[550]">
                  <HostileText text={name} charactersMax={120} />
                </span>
                <span className="text-right font-semibold">{formatCount(facet.count)}</span>
                <span className="col-span-2 truncate text-xs text-soft">
                  {facet.texts > 1 && <span className="text-faint">{facet.texts} texts, as: </span>}
                  {facet.errorMessage === null ? (
                    'no error text'
                  ) : (
                    <HostileText text={facet.errorMessage} charactersMax={160} />
                  )}
                </span>
                <span className="col-span-2 flex items-center gap-2 text-2xs text-faint">
                  <svg aria-hidden width="100%" height="4" className="text-accent">
                    <rect width="100%" height="4" rx="2" className="fill-line" />
                    <rect width={`${(facet.count / top) * 100}%`} height="4" rx="2" fill="currentColor" />
                  </svg>
                  <Instant at={facet.lastAt} inRow className="w-11 shrink-0 text-right" />
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
