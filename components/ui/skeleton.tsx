import clsx from 'clsx';

/** Grey of the right size where text will stand. Width and height come as classes, because styles in the page's HTML are refused by its policy. */
export function Skeleton({ className }: { className: string }) {
  return <span aria-hidden className={clsx('inline-block animate-breathe rounded bg-line align-middle', className)} />;
}

const widths = ['w-3/5', 'w-2/5', 'w-1/2', 'w-3/4', 'w-1/3'] as const;

export function SkeletonRows({ count, rowClass, label }: { count: number; rowClass: string; label: string }) {
  return (
    <div role="status" aria-label={label}>
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className={clsx('flex items-center gap-4 border-b border-line px-2.5', rowClass)}>
          <Skeleton className={clsx('h-3', widths[index % widths.length])} />
        </div>
      ))}
    </div>
  );
}
