import Link from 'next/link';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { formatCount } from '#components/ui/numbers.ts';

export interface CountedPlace {
  readonly id: string;
  readonly name: string;
  /** Where several places could have the name. */
  readonly hint?: string;
  readonly href: string;
  readonly count: number;
  readonly isCode?: boolean;
}

/** Names with their counts, and how large each is beside the largest; each leads to its messages. */
export function CountList({ places }: { places: readonly CountedPlace[] }) {
  const top = Math.max(1, ...places.map((place) => place.count));
  return (
    <ul className="-mx-2 grid grid-cols-[minmax(0,1fr)]">
      {places.map((place) => (
        <li key={place.id}>
          <Link
            href={place.href}
            prefetch={false}
            title={place.id}
            className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 rounded-md px-2 py-1 hover:bg-hover"
          >
            <span className={place.isCode ? 'truncate font-mono text-xs' : 'truncate'}>
              <HostileText text={place.name} charactersMax={160} />
              {place.hint && <span className="text-faint"> {place.hint}</span>}
            </span>
            <span className="font-semibold">{formatCount(place.count)}</span>
            <svg aria-hidden width="100%" height="3" className="col-span-2 mt-0.5 text-accent">
              <rect width="100%" height="3" rx="1.5" className="fill-line" />
              <rect width={`${(place.count / top) * 100}%`} height="3" rx="1.5" fill="currentColor" />
            </svg>
          </Link>
        </li>
      ))}
    </ul>
  );
}
