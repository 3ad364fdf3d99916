import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { endProcess, startChild } from '#server/local-brokers/child.ts';
import { debianProgram } from '#server/local-brokers/debian-program.ts';
import { freePorts } from '#server/local-brokers/free-port.ts';

/** Debian's Prometheus on a free port, with a folder of its own; it scrapes every second. */
export interface LocalPrometheus {
  /** Throws what Prometheus says of an expression that is wrong. */
  query(expression: string): Promise<readonly PrometheusSample[]>;
  /** Health and last error of each target. */
  targets(): Promise<readonly { readonly health: string; readonly lastError: string }[]>;
  stop(): Promise<void>;
}

export interface PrometheusSample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

const answer = z.object({ status: z.string(), error: z.string().optional(), data: z.unknown() });
const vector = z.object({
  result: z.array(
    z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }).readonly(),
  ),
});
const targetList = z.object({ activeTargets: z.array(z.object({ health: z.string(), lastError: z.string() })) });

export async function startLocalPrometheus(options: {
  /** `127.0.0.1:3000` */
  readonly target: string;
  readonly rules: readonly string[];
}): Promise<LocalPrometheus> {
  const program = await debianProgram('prometheus');
  const folder = await mkdtemp(join(tmpdir(), 'redeliver-prometheus-'));
  const [port = 0] = await freePorts(1);
  await writeFile(
    join(folder, 'prometheus.yaml'),
    JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: options.rules,
      scrape_configs: [
        { job_name: 'redeliver', metrics_path: '/api/metrics', static_configs: [{ targets: [options.target] }] },
      ],
    }),
  );
  const url = `http://127.0.0.1:${port}`;
  const process = await startChild({
    name: 'Prometheus',
    command: program,
    args: [
      `--config.file=${join(folder, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    env: {},
    cwd: folder,
    logFile: join(folder, 'prometheus.log'),
    isReady: async () => (await fetch(`${url}/-/ready`)).ok,
    readyWithinMs: 30_000,
    outlivesParent: false,
  });

  async function ask(path: string): Promise<unknown> {
    const response = await fetch(`${url}/api/v1/${path}`, { signal: AbortSignal.timeout(10_000) });
    const { status, error, data } = answer.parse(await response.json());
    if (status !== 'success') throw new Error(error ?? status);
    return data;
  }

  return {
    async query(expression) {
      const { result } = vector.parse(await ask(`query?${new URLSearchParams({ query: expression }).toString()}`));
      return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    },
    targets: async () => targetList.parse(await ask('targets')).activeTargets,
    async stop() {
      await endProcess(process, { gracefulMs: 5_000 });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const run = promisify(execFile);

/** What promtool says, whole, when it is not content. */
export async function promtool(args: readonly string[], input?: string): Promise<string> {
  const program = await debianProgram('promtool');
  const running = run(program, [...args], { timeout: 60_000 });
  running.child.stdin?.end(input);
  return await running.then(
    ({ stdout, stderr }) => stdout + stderr,
    (error: unknown) => {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      throw new Error(`promtool ${args.join(' ')}:\n${stdout}${stderr}`, { cause: error });
    },
  );
}
