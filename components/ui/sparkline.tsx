/** Counts as bars, oldest first. Drawn with attributes only: the page's policy refuses styles in HTML. */
export function Sparkline({ counts, label }: { counts: readonly number[]; label: string }) {
  const top = Math.max(1, ...counts);
  return (
    <svg
      role="img"
      aria-label={label}
      width="120"
      height="22"
      viewBox={`0 0 ${counts.length * 5 - 1} 22`}
      preserveAspectRatio="none"
      className="block text-accent"
    >
      {counts.map((count, index) => {
        const height = count === 0 ? 1 : 3 + (count / top) * 18;
        return (
          <rect
            key={index}
            x={index * 5}
            y={22 - height}
            width="4"
            height={height}
            rx="1"
            fill="currentColor"
            opacity={count === 0 ? 0.28 : 1}
          />
        );
      })}
    </svg>
  );
}
