import { afterEach, beforeEach } from 'vitest';
import {
  type CommandEnd,
  type RealConsole,
  type RunningCommand,
  startCommand,
  startRealConsole,
} from '#cli/testing/real-console.ts';
import { type ReplayView, replay } from '#lib/api/replays.ts';
import { createReplayBench, nameOf } from '#server/replay/testing/replay-bench.ts';

/** For the test file that calls it: a console in front of a replay bench, which is a real engine and SQS server, and the command line before it. */
export function createReplayConsole() {
  const bench = createReplayBench({ watchMs: 5_000 });
  let server: RealConsole;

  beforeEach(async () => {
    bench.serveRoutes();
    server = await startRealConsole();
  });

  afterEach(() => server.close());

  const start = (args: readonly string[], input?: string): RunningCommand => startCommand(server.url, args, input);
  return {
    bench,
    get server() {
      return server;
    },
    start,
    redeliver: (...args: readonly string[]): Promise<CommandEnd> => start(args).ended,
    /** Meets all dead letters of the bench. */
    filterOfQueue: () => `queue:sqs/${nameOf(bench.deadLetters)}`,
  };
}

/** What a line of `--json` holds. */
export function viewOf(line: string | undefined): ReplayView {
  return replay.parse(JSON.parse(line ?? 'null'));
}
