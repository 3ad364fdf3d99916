/** Hands over what is to be exported, some at a time. `false` where they were not taken; then they are gone. */
export type TakeSpans<Span> = (spans: readonly Span[]) => Promise<boolean>;

export interface SpanQueue<Span> {
  /** Never waits and never throws: where there is no room the span is dropped, and counted. */
  add(span: Span): void;
  /** Hands over what is left, for so long at most. */
  close(withinMs: number): Promise<void>;
}

export interface SpanQueueOptions {
  /** So many wait at most. */
  readonly waitingMax: number;
  readonly batchMax: number;
  /** What waits is handed over after so long at the latest. */
  readonly everyMs: number;
  /** Told when spans begin to be lost, and when they are taken again. */
  say(line: string): void;
}

/** Between those who make spans and a collector that may be slow or away: one hand-over at a time, and never more waiting than there is room for. */
export function createSpanQueue<Span>(take: TakeSpans<Span>, options: SpanQueueOptions): SpanQueue<Span> {
  const { waitingMax, batchMax, everyMs, say } = options;
  let waiting: Span[] = [];
  let running: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let isClosing = false;
  let dropped = 0;

  function lose(count: number, why: string): void {
    if (dropped === 0) say(`tracing: ${why}; spans are dropped, replays go on`);
    dropped += count;
  }

  async function handOver(): Promise<void> {
    while (waiting.length >= batchMax || (isClosing && waiting.length > 0)) await handOverSome();
  }

  async function handOverSome(): Promise<void> {
    const spans = waiting.slice(0, batchMax);
    waiting = waiting.slice(batchMax);
    const isTaken = await take(spans).catch(() => false);
    if (!isTaken) return lose(spans.length, 'the collector does not take spans');
    if (dropped > 0) say(`tracing: the collector takes spans again; ${dropped} were dropped`);
    dropped = 0;
  }

  function start(work: () => Promise<void>): Promise<void> {
    running ??= work()
      .then(handOver)
      .finally(() => {
        running = null;
        if (waiting.length > 0 && !isClosing) wake();
      });
    return running;
  }

  /** What is there by then goes, full batch or not. */
  function wake(): void {
    timer ??= setTimeout(() => {
      timer = null;
      void start(handOverSome);
    }, everyMs).unref();
  }

  return {
    add(span) {
      if (isClosing || waiting.length >= waitingMax)
        return lose(1, isClosing ? 'the engine stops' : 'more spans come than the collector takes');
      waiting.push(span);
      if (waiting.length >= batchMax) void start(handOver);
      else wake();
    },

    async close(withinMs) {
      isClosing = true;
      if (timer !== null) clearTimeout(timer);
      const late = Promise.withResolvers<void>();
      const limit = setTimeout(() => late.resolve(), withinMs);
      const rest = async () => {
        await running;
        await start(handOver);
      };
      await Promise.race([rest(), late.promise]);
      clearTimeout(limit);
    },
  };
}
