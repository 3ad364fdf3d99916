import { trendPath, trendWords, type Trend } from '#components/lag/prepare-trend.ts';

/** The most of each part of the time. Drawn with attributes only: the page's policy refuses styles in HTML. */
export function TrendLine({ trend, label }: { trend: Trend | undefined; label: string }) {
  return (
    <svg
      role="img"
      aria-label={`${label}: ${trendWords(trend)}`}
      width="116"
      height="20"
      viewBox="-1 0 122 20"
      preserveAspectRatio="none"
      className="block overflow-visible text-accent"
    >
      <path d="M0 19.5H120" stroke="currentColor" strokeWidth="1" opacity="0.22" vectorEffect="non-scaling-stroke" />
      {trend && (
        <path
          d={trendPath(trend.max)}
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
          strokeLinejoin="round"
          vectorEffect="non-scaling-stroke"
        />
      )}
    </svg>
  );
}
