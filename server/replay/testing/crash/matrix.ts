import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CrashQueues, CrashSite } from '#server/replay/testing/crash/crash-site.ts';
import { type Lane, openLane, type RunReport } from '#server/replay/testing/crash/lane.ts';
import { mountSmallDisk } from '#server/replay/testing/crash/small-disk.ts';
import {
  brokerStep,
  type BrokerTrouble,
  diskSteps,
  killSteps,
  type Step,
  troubleSteps,
} from '#server/replay/testing/crash/steps.ts';

/** What became of all the runs of one step on one broker. */
export interface MatrixRow {
  readonly broker: string;
  readonly step: string;
  runs: number;
  lost: number;
  silentDuplicates: number;
  unknown: number;
  stops: number;
  /** Sentences: what was untrue, or why a run could not be made. */
  readonly untrue: string[];
}

export interface MatrixOptions {
  /** For each broker and step. */
  readonly runs: number;
  /** Of broker and connection trouble and of full disks, which take longer. */
  readonly troubleRuns: number;
  /** No run is begun after this time, by `performance.now()`; the table tells how many there were. */
  readonly until?: number;
  readonly random: () => number;
  /** Only the steps whose name contains this. */
  readonly step?: string | undefined;
  say(line: string): void;
}

/** Every step on one broker. Its queues are worked on side by side, and share the runs of a step between them. */
export async function runMatrix(site: CrashSite, options: MatrixOptions): Promise<readonly MatrixRow[]> {
  const rows = new Map<string, MatrixRow>();
  const folder = await mkdtemp(join(tmpdir(), 'redeliver-crash-'));
  const lanes: Lane[] = [];
  const shared = brokerTrouble(site);
  const { until = Number.POSITIVE_INFINITY } = options;

  async function once(lane: Lane, step: Step): Promise<void> {
    const row = rowOf(rows, site.label, step.name);
    row.runs += 1;
    const say = (line: string) => options.say(`${site.label} ${lane.queues.label}: ${step.name}: ${line}`);
    try {
      const report = await lane.run(step.strike(options.random, lane.queues));
      add(row, report);
      say(said(report));
    } catch (error) {
      row.untrue.push(`A run did not end: ${error instanceof Error ? error.message : String(error)}`);
      const [last] = await lane.store.ledger.listReplays({ limit: 1, before: null, withPlans: true });
      const stood = last && `The replay is ${last.state}: ${JSON.stringify(last.account)} ${last.error?.message ?? ''}`;
      say([error instanceof Error ? error.stack : String(error), stood, ...lane.engine.said.slice(-5)].join('\n'));
      await lane.clear();
    }
  }

  /** Round by round, so that one that ends early has met all steps equally often; each lane has its share of a step's runs. */
  async function share(on: readonly Lane[], steps: readonly Step[], runs: number): Promise<void> {
    const rounds = Array.from({ length: runs }, (_, run) =>
      steps.map((step) => {
        const able = on.filter(({ queues }) => step.appliesTo?.(queues) ?? true);
        return { step, lane: able[run % able.length] };
      }),
    );
    await Promise.all(
      on.map(async (lane) => {
        for (const job of rounds.flat()) {
          if (performance.now() > until) return;
          if (job.lane === lane) await once(lane, job.step);
        }
      }),
    );
  }

  try {
    // Before the others: two engines would not leave each other in peace at the same queue.
    const isWanted = ({ name }: Pick<Step, 'name'>) => name.includes(options.step ?? '');
    const onDisk = diskSteps.filter(isWanted);
    if (onDisk.length > 0) await onSmallDisk(site.lanes, (lane) => share([lane], onDisk, options.troubleRuns));
    for (const queues of site.lanes) lanes.push(await openLane(queues, join(folder, queues.label)));
    // The time that an undisturbed run takes is what random instants are drawn from.
    await share(lanes, [undisturbed], lanes.length);
    const brokerRuns = isWanted(site.trouble) ? options.troubleRuns : 0;
    for (let run = 0; run < brokerRuns && performance.now() < until; run += 1) {
      const step = brokerStep(shared.next(), site.trouble.name);
      await Promise.all(lanes.map((lane) => once(lane, step)));
    }
    await share(lanes, [...killSteps, ...troubleSteps].filter(isWanted), options.runs);
  } catch (error) {
    // What was seen until then stands; that it is not all makes the matrix fail.
    const row = rowOf(rows, site.label, 'all of it');
    row.untrue.push(`It ended early: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  } finally {
    await closeAll(lanes);
    await rm(folder, { recursive: true, force: true });
  }
  return [...rows.values()];
}

const undisturbed: Step = { name: 'nothing', strike: () => ({ answersGetLost: false }) };

async function closeAll(lanes: Lane[]): Promise<void> {
  for (const lane of lanes.splice(0)) await lane.close();
}

async function onSmallDisk([queues]: readonly CrashQueues[], work: (lane: Lane) => Promise<void>): Promise<void> {
  if (queues === undefined) return;
  const disk = await mountSmallDisk();
  try {
    const lane = await openLane(queues, disk.folder);
    try {
      await work(lane);
    } finally {
      await lane.close();
    }
  } finally {
    await disk.remove();
  }
}

/** A lane that has failed in its round never comes. */
const othersComeWithinMs = 15_000;

function brokerTrouble(site: CrashSite) {
  return {
    next(): BrokerTrouble {
      let running: Promise<void> | null = null;
      let toCome = site.lanes.length;
      const all = Promise.withResolvers<void>();
      return {
        async allPlanned() {
          toCome -= 1;
          if (toCome === 0) all.resolve();
          await Promise.race([all.promise, delay(othersComeWithinMs)]);
        },
        strike: () => (running ??= site.trouble.strike()),
        get hasBegun() {
          return running !== null;
        },
      };
    },
  };
}

function rowOf(rows: Map<string, MatrixRow>, broker: string, step: string): MatrixRow {
  const row = rows.get(step) ?? {
    broker,
    step,
    runs: 0,
    lost: 0,
    silentDuplicates: 0,
    unknown: 0,
    stops: 0,
    untrue: [],
  };
  rows.set(step, row);
  return row;
}

function add(row: MatrixRow, report: RunReport): void {
  row.lost += report.lost;
  row.silentDuplicates += report.silentDuplicates;
  row.unknown += report.unknown;
  row.stops += report.stops;
  row.untrue.push(...report.untrue);
}

function said({ lost, silentDuplicates, unknown, unsent, untrue, stops, tookMs }: RunReport): string {
  const counts = `lost ${lost}, duplicates ${silentDuplicates}, unknown ${unknown}, unsent ${unsent}, stops ${stops}`;
  return [`${counts}, ${Math.round(tookMs)} ms`, ...new Set(untrue)].join('; ');
}

/** Whether nothing was lost, doubled in silence or said wrongly. */
export function isClean(row: MatrixRow): boolean {
  return row.lost === 0 && row.silentDuplicates === 0 && row.untrue.length === 0;
}

/** In Markdown. */
export function matrixTable(rows: readonly MatrixRow[]): string {
  const head = ['broker', 'struck at', 'runs', 'lost', 'silent duplicates', 'unknown left', 'untrue states'];
  const lines = rows.map((row) =>
    [row.broker, row.step, row.runs, row.lost, row.silentDuplicates, row.unknown, row.untrue.length].map(String),
  );
  const widths = head.map((name, column) => Math.max(name.length, ...lines.map((line) => line[column]?.length ?? 0)));
  const draw = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = draw(widths.map((width) => '-'.repeat(width)));
  return [draw(head), rule, ...lines.map(draw)].join('\n');
}
