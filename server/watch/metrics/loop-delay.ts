/** How late timers fire in this thread: while that is long, nothing else in it goes on either. */
export interface LoopDelays {
  /** Seconds, those since the last call, oldest first. */
  take(): readonly number[];
  stop(): void;
}

const everyMs = 100;
/** A minute of them: nobody takes them while the other thread is away. */
const keptMax = 600;

export function watchLoop(): LoopDelays {
  let delays: number[] = [];
  let expected = performance.now() + everyMs;
  const timer = setInterval(() => {
    const now = performance.now();
    // Timers are due in whole milliseconds and may fire a little early.
    delays.push(Math.max(0, now - expected) / 1000);
    if (delays.length > keptMax) delays.shift();
    expected = now + everyMs;
  }, everyMs);
  timer.unref();
  return {
    take() {
      const taken = delays;
      delays = [];
      return taken;
    },
    stop: () => clearInterval(timer),
  };
}
