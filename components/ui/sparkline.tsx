import clsx from 'clsx';

/** Counts as bars, oldest first. Drawn with attributes only: the page's policy refuses styles in HTML. */
export function Sparkline({
  counts,
  label,
  width = 120,
  height = 22,
  className = 'text-accent',
}: {
  counts: readonly number[];
  label: string;
  width?: number;
  height?: number;
  /** Its text colour is the colour of the bars. */
  className?: string;
}) {
  const top = Math.max(1, ...counts);
  return (
    <svg
      role="img"
      aria-label={label}
      width={width}
      height={height}
      viewBox={`0 0 ${counts.length * 5 - 1} 22`}
      preserveAspectRatio="none"
      className={clsx('block', className)}
    >
      {counts.map((count, index) => {
        const tall = count === 0 ? 1 : 3 + (count / top) * 18;
        return (
          <rect
            key={index}
            x={index * 5}
            y={22 - tall}
            width="4"
            height={tall}
            rx="1"
            fill="currentColor"
            opacity={count === 0 ? 0.28 : 1}
          />
        );
      })}
    </svg>
  );
}
