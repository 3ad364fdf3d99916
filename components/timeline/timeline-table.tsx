import { spanWords } from '#components/timeline/prepare-axis.ts';
import type { PreparedTimeline } from '#components/timeline/prepare-timeline.ts';
import { axisHeight } from '#components/timeline/timeline-chart.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { formatCount } from '#components/ui/numbers.ts';
import type { TimelineResponse } from '#lib/api/timeline.ts';

/** Of fewer pixels a table cannot be read. */
const heightMin = 190;

/** The same counts to be read, newest first, without the times in which nothing failed. */
export function TimelineTable({
  timeline,
  prepared,
  zone,
  height,
  onBrush,
}: {
  timeline: TimelineResponse;
  prepared: PreparedTimeline;
  zone: string;
  height: number;
  onBrush: (from: number, to: number) => void;
}) {
  const columns: readonly { readonly fingerprint: string | null; readonly title: string }[] = [
    ...timeline.series,
    ...(timeline.other.groups > 0 ? [{ fingerprint: null, title: 'Others' }] : []),
  ];
  const rows = prepared.buckets.filter((bucket) => bucket.count > 0).toReversed();
  const head = 'row-title max-w-40 truncate px-2 text-right font-[550]';
  return (
    // Shown by a press and never by the server, so it may have its height as a style. Its buttons scroll it for the keys.
    <div style={{ height: Math.max(heightMin, height + axisHeight) }} className="overflow-auto">
      <table className="w-full border-separate border-spacing-0 text-xs">
        <thead className="sticky top-0 bg-panel">
          <tr>
            <th scope="col" className="row-title px-2 text-left">
              Time
            </th>
            <th scope="col" className={head}>
              All
            </th>
            {columns.map((column) => (
              <th key={column.fingerprint} scope="col" className={head} title={column.title}>
                <HostileText text={column.title} charactersMax={60} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((bucket) => (
            <tr key={bucket.from} className="hover:bg-hover">
              <th scope="row" className="px-2 text-left font-normal whitespace-nowrap">
                <button
                  type="button"
                  onClick={() => onBrush(bucket.from, bucket.to)}
                  className="min-h-6 rounded-sm text-accent underline-offset-2 hover:underline"
                >
                  {spanWords(bucket.from, bucket.to, zone, timeline.asOf)}
                </button>
              </th>
              <td className="px-2 text-right font-semibold">{formatCount(bucket.count)}</td>
              {columns.map((column) => {
                const count = bucket.segments.find((each) => each.fingerprint === column.fingerprint)?.count ?? 0;
                return (
                  <td key={column.fingerprint} className="px-2 text-right">
                    {count === 0 ? <span className="text-faint">0</span> : formatCount(count)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
