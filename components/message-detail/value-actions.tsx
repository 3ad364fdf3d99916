'use client';

import { Filter as FilterIcon } from 'lucide-react';
import { useContext } from 'react';
import { FilterBy } from '#components/message-detail/message-actions.ts';
import { CopyButton } from '#components/ui/copy-button.tsx';
import type { Filter } from '#lib/filter/filter.ts';

/** What can be done with one value of a message. It shows itself where the pointer or the focus is: beside every value it would be noise. Its place is the corner of the line, which has to be positioned. */
export function ValueActions({
  name,
  value,
  condition,
}: {
  name: string;
  value: string;
  /** `null` where the filter has no words for it. */
  condition: Filter | null;
}) {
  const filterBy = useContext(FilterBy);
  return (
    <span className="absolute top-0 right-0 flex rounded bg-hover opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
      {filterBy && condition && (
        <button
          type="button"
          aria-label={`Show only this ${name}`}
          title={`Show only this ${name}`}
          onClick={() => filterBy.onCondition(condition)}
          className="grid size-6 place-items-center rounded text-faint hover:bg-hover hover:text-text"
        >
          <FilterIcon size={12} aria-hidden />
        </button>
      )}
      <CopyButton text={value} label={`Copy ${name}`} />
    </span>
  );
}
