import { afterEach, describe, expect, it } from 'vitest';
import { labelsOf } from '#server/watch/metrics/families.ts';
import {
  addMeasuredQueue,
  arrive,
  fillMeasuredConsole,
  type MeasuredConsole,
  type MeasuredConsoleOptions,
  startMeasuredConsole,
} from '#server/watch/metrics/testing/measured-console.ts';

let measured: MeasuredConsole | null = null;

async function start(options?: MeasuredConsoleOptions): Promise<MeasuredConsole> {
  measured = await startMeasuredConsole(options);
  return measured;
}

afterEach(async () => {
  await measured?.close();
  measured = null;
});

const arrived = (queue: string, group: string) =>
  `redeliver_arrivals_total{${labelsOf({ connection: 'orders', queue, group })}}`;
const ofQueue = (name: string, queue: string) =>
  `redeliver_queue_${name}{${labelsOf({ connection: 'orders', queue })}}`;

describe('a queue', () => {
  it('is measured by what the broker tells and what the index has', async () => {
    const own = await start();
    await addMeasuredQueue(own, 'a.dlq');
    await arrive(own, 'a.dlq', 'TimeoutError', 'TypeError');
    const samples = await own.scrape();
    expect(samples.get(ofQueue('depth_messages', 'a.dlq'))).toBe(7);
    expect(samples.get(ofQueue('open_messages', 'a.dlq'))).toBe(2);
    expect(samples.get(ofQueue('oldest_age_seconds', 'a.dlq'))).toBeCloseTo(60, -1);
    const expiry = `redeliver_queue_soonest_expiry_seconds{${labelsOf({ connection: 'orders', queue: 'a.dlq', bound: 'at_least' })}}`;
    expect(samples.get(expiry)).toBeCloseTo(86_400 - 60, -1);
    expect(samples.get(ofQueue('sync_delay_seconds', 'a.dlq'))).toBe(0);
  });

  it('has no sample for what nobody knows', async () => {
    const own = await start();
    await addMeasuredQueue(own, 'empty.dlq');
    await own.store.index.saveQueueStatus('orders/empty.dlq', { depth: null, reader: { kind: 'waiting' } });
    const names = [...(await own.scrape()).keys()].filter((name) => name.includes('"empty.dlq"'));
    expect(names.map((name) => name.slice(0, name.indexOf('{'))).toSorted()).toEqual([
      'redeliver_arrivals_total',
      'redeliver_queue_held_messages',
      'redeliver_queue_open_messages',
      'redeliver_queue_reader_state',
    ]);
  });

  it('of a connection that is no longer configured has none', async () => {
    const own = await start();
    await own.store.index.saveQueues('removed', [
      {
        name: 'x.dlq',
        kind: 'kafka',
        foundBy: 'pattern',
        origins: [],
        capabilities: { browse: 'log', remove: false, order: 'partition', costs: [], description: '' },
      },
    ]);
    expect([...(await own.scrape()).keys()].filter((name) => name.includes('removed'))).toEqual([]);
  });

  it('beyond the bound is counted as left out', async () => {
    const own = await start({ limits: { queuesMax: 2 } });
    await addMeasuredQueue(own, 'a.dlq', 'b.dlq', 'c.dlq');
    const samples = await own.scrape();
    expect([...samples.keys()].filter((name) => name.startsWith('redeliver_queue_depth'))).toHaveLength(2);
    expect(samples.get('redeliver_metrics_left_out{what="queues"}')).toBe(1);
  });

  it('behind is behind since it was last read whole, or since it fails', async () => {
    const own = await start();
    await addMeasuredQueue(own, 'partial.dlq', 'failing.dlq');
    const ago = Date.now() - 600_000;
    await own.store.index.saveQueueStatus('orders/partial.dlq', {
      reader: { kind: 'partial', seen: 1, of: 9, reason: 'too many' },
      syncedAt: ago,
    });
    await own.store.index.saveQueueStatus('orders/failing.dlq', {
      reader: { kind: 'failing', error: { code: 'unreachable', message: 'Nothing answers.' }, since: ago },
    });
    const samples = await own.scrape();
    for (const queue of ['partial.dlq', 'failing.dlq'])
      expect(samples.get(ofQueue('sync_delay_seconds', queue))).toBeCloseTo(600, -1);
  });
});

describe('arrivals', () => {
  it('are counted from the start of the process, and what was there before is not among them', async () => {
    const own = await start();
    await addMeasuredQueue(own, 'a.dlq');
    expect((await own.scrape()).get(arrived('a.dlq', 'other'))).toBe(0);
    const [timeout = '', type = ''] = await arrive(own, 'a.dlq', 'TimeoutError', 'TypeError');
    await arrive(own, 'a.dlq', 'TimeoutError');
    const samples = await own.scrape();
    expect(samples.get(arrived('a.dlq', timeout))).toBe(2);
    expect(samples.get(arrived('a.dlq', type))).toBe(1);
    expect(await own.scrape()).toEqual(expect.objectContaining({ size: samples.size }));
  });

  it('of groups beyond the bound are counted together, and no counter falls', async () => {
    const own = await start({ limits: { groupsPerQueue: 2 } });
    await addMeasuredQueue(own, 'a.dlq');
    const counters = (samples: ReadonlyMap<string, number>) =>
      [...samples].filter(([name]) => name.startsWith('redeliver_arrivals_total'));
    let before = counters(await own.scrape());
    for (const errors of [['A', 'B'], ['C', 'D', 'A'], ['E'], ['B', 'B', 'F']]) {
      await arrive(own, 'a.dlq', ...errors.map((letter) => `Error${letter}`));
      const samples = await own.scrape();
      for (const [name, count] of before) expect(samples.get(name), name).toBeGreaterThanOrEqual(count);
      before = counters(samples);
      expect(before.length).toBeLessThanOrEqual(3);
    }
    expect(before.reduce((sum, [, count]) => sum + count, 0)).toBe(9);
    expect(before.find(([name]) => name === arrived('a.dlq', 'other'))?.[1]).toBe(4);
  });

  it('name their groups by titles in which what is masked is masked', async () => {
    const masking = { fields: [], headers: [], patterns: ['email'] as const, keys: false };
    const own = await start({ masking: { ...masking, patterns: [...masking.patterns] } });
    await addMeasuredQueue(own, 'a.dlq');
    const [fingerprint = ''] = await arrive(own, 'a.dlq', 'No user ada@example.org');
    const { body } = await own.metrics.scrape();
    expect(body).toContain(`redeliver_group_info{group="${fingerprint}",title="`);
    expect(body).not.toContain('ada@example.org');
  });
});

describe('what the process counts', () => {
  it('is there by outcome, code, route and thread, with what the store keeps', async () => {
    const own = await start();
    await fillMeasuredConsole(own);
    const samples = await own.scrape();
    for (const [name, value] of [
      ['redeliver_replay_outcomes_total{action="replay",outcome="sent"}', 1],
      ['redeliver_replay_outcomes_total{action="replay",outcome="unknown"}', 1],
      ['redeliver_replay_messages{action="replay",state="planned"}', 1],
      ['redeliver_replays{action="replay",state="sending"}', 1],
      ['redeliver_broker_errors_total{code="unreachable",connection="orders"}', 1],
      ['redeliver_connection_up{connection="orders",kind="kafka"}', 1],
      ['redeliver_connection_up{connection="jobs",kind="rabbitmq"}', 0],
      ['redeliver_queues{connection="orders"}', 8],
      ['redeliver_engine_up', 1],
      ['redeliver_event_loop_delay_seconds_count{thread="engine"}', 2],
      ['redeliver_http_request_duration_seconds_count{method="GET",route="/queues/{queueId}",status="2xx"}', 1],
      ['redeliver_consumer_members{connection="orders",group_id="billing \\"eu\\"\\n",topic="payments"}', 2],
      ['redeliver_broker_queue_held_messages{connection="orders",queue="mails"}', 1],
    ] as const)
      expect(samples.get(name), name).toBe(value);
    expect(samples.get(`redeliver_build_info{version="1.2.3",node="${process.versions.node}"}`)).toBe(1);
  });

  it('leaves out the lag of those that are least behind, and says how many', async () => {
    const own = await start({ limits: { lagSeriesMax: 2 } });
    const rows = [5, 900, 70].map((lag, n) => ({
      kind: 'group' as const,
      group: `g${n}`,
      groupKind: 'classic' as const,
      topic: 't',
      state: 'stable',
      members: null,
      lag,
      gap: null,
      partitions: 1,
      uncommitted: 0,
    }));
    await own.store.watch.saveLag('orders', { rows, notes: [] }, { at: Date.now(), tookMs: 1 });
    const samples = await own.scrape();
    const lags = [...samples].filter(([name]) => name.startsWith('redeliver_consumer_lag'));
    expect(lags.map(([, lag]) => lag).toSorted((a, b) => a - b)).toEqual([70, 900]);
    expect(samples.get('redeliver_metrics_left_out{what="lag"}')).toBe(1);
  });
});

describe('a scrape', () => {
  it('is read once for scrapers that come at the same time, or within a second', async () => {
    let reads = 0;
    const own = await start({
      keptMs: 60_000,
      around: (store) => ({
        ...store,
        index: {
          ...store.index,
          measureQueues: () => {
            reads += 1;
            return store.index.measureQueues();
          },
        },
      }),
    });
    const [first, second] = await Promise.all([own.metrics.scrape(), own.metrics.scrape()]);
    expect(second).toBe(first);
    expect(await own.metrics.scrape()).toBe(first);
    expect(reads).toBe(1);
  });

  it('fails as a whole where the store fails, and goes on when it is back', async () => {
    let broken = true;
    const own = await start({
      around: (store) => ({
        ...store,
        index: {
          ...store.index,
          listQueues: () => (broken ? Promise.reject(new Error('SELECT secret')) : store.index.listQueues()),
        },
      }),
    });
    const ask = () => fetch(`http://${own.address}/api/metrics`);
    const refused = await ask();
    expect(refused.status).toBe(503);
    const problem = await refused.text();
    expect(JSON.parse(problem)).toMatchObject({ status: 503, code: 'internal' });
    expect(problem).not.toContain('SELECT secret');
    broken = false;
    const answered = await ask();
    expect(answered.status).toBe(200);
    expect(answered.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  });
});
