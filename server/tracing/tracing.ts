import type { Masking } from '#lib/masking/masking.ts';
import type { TracingSettings } from '#server/config/tracing-settings.ts';
import { openSpanExporter } from '#server/tracing/span-exporter.ts';
import { createSpanQueue } from '#server/tracing/span-queue.ts';
import { itemSpan, replaySpan, type SentItem, type Span, type SpanTime } from '#server/tracing/spans.ts';
import { isSampled } from '#lib/trace/trace-context.ts';
import type { Replay } from '#lib/domain/replay.ts';
import { replayTrace } from '#server/tracing/replay-trace.ts';

/** Tells a collector what replays do. Nothing here waits, throws or holds more than a bounded number of spans. */
export interface Tracing {
  /** What a broker answered to a send. */
  sent(replay: Replay, items: readonly SentItem[], time: SpanTime): void;
  /** Nothing more is sent. */
  finished(replay: Replay): void;
  close(): Promise<void>;
}

/** Tens of megabytes at the most, where a collector is away. */
const waitingMax = 16_384;
const batchMax = 512;
const everyMs = 1_000;
const closeWithinMs = 3_000;

export interface TracingOptions {
  readonly settings: TracingSettings;
  readonly version: string;
  /** What nobody reads here goes to no collector, either. */
  readonly masking?: Masking | undefined;
  say(line: string): void;
}

export async function openTracing({ settings, version, masking, say }: TracingOptions): Promise<Tracing> {
  const exporter = await openSpanExporter(settings, version);
  const queue = createSpanQueue<Span>(exporter.take, { waitingMax, batchMax, everyMs, say });
  let wasSaid = false;
  /** A message that was sent is written down after this: what it holds must not keep that from being done. */
  function quietly(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!wasSaid)
        say(`A span could not be made (${error instanceof Error ? error.name : 'no error'}): it is left out.`);
      wasSaid = true;
    }
  }
  return {
    sent(replay, items, time) {
      quietly(() => {
        const trace = replayTrace(replay);
        if (!isSampled(trace)) return;
        for (const item of items) queue.add(itemSpan(trace, replay, item, time, masking));
      });
    },
    finished(replay) {
      quietly(() => {
        const trace = replayTrace(replay);
        if (isSampled(trace)) queue.add(replaySpan(trace, replay));
      });
    },
    async close() {
      await queue.close(closeWithinMs);
      exporter.close();
    },
  };
}
