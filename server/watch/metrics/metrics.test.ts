import { afterEach, describe, expect, it } from 'vitest';
import { aLetter } from '#server/store/testing/letters.ts';
import { labelsOf } from '#server/watch/metrics/families.ts';
import {
  addMeasuredQueue,
  addUnreadQueue,
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
const arrivedIn = (queue: string) => ofQueue('arrivals_total', queue);
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
    expect(samples.get(ofQueue('oldest_age_seconds', 'a.dlq'))).toBeCloseTo(60, -2);
    const expiry = `redeliver_queue_soonest_expiry_seconds{${labelsOf({ connection: 'orders', queue: 'a.dlq', bound: 'at_least' })}}`;
    expect(samples.get(expiry)).toBeCloseTo(86_400 - 60, -2);
    expect(samples.get(ofQueue('sync_delay_seconds', 'a.dlq'))).toBe(0);
  });

  it('has no sample for what nobody knows', async () => {
    const own = await start();
    await addMeasuredQueue(own, 'empty.dlq');
    await own.store.index.saveQueueStatus('orders/empty.dlq', { depth: null, reader: { kind: 'waiting' } });
    const names = [...(await own.scrape()).keys()].filter((name) => name.includes('"empty.dlq"'));
    expect(names.map((name) => name.slice(0, name.indexOf('{'))).toSorted()).toEqual([
      'redeliver_arrivals_total',
      'redeliver_queue_arrivals_total',
      'redeliver_queue_open_messages',
      'redeliver_queue_reader_state',
    ]);
  });

  it('that was never read holds no known number, and of a log that is read backwards nobody knows the oldest', async () => {
    const own = await start();
    await addUnreadQueue(own, 'new.dlq');
    await addMeasuredQueue(own, 'log.dlq');
    await arrive(own, 'new.dlq', 'TimeoutError');
    await arrive(own, 'log.dlq', 'TimeoutError');
    await own.store.index.saveQueueStatus('orders/log.dlq', { knownBackTo: Date.now() - 60_000 });
    const samples = await own.scrape();
    for (const name of ['open_messages', 'oldest_age_seconds'])
      expect(samples.has(ofQueue(name, 'new.dlq')), name).toBe(false);
    expect(samples.get(ofQueue('open_messages', 'log.dlq'))).toBe(1);
    expect(samples.has(ofQueue('oldest_age_seconds', 'log.dlq'))).toBe(false);
    expect([...samples.keys()].filter((name) => name.includes('expiry') && name.includes('log.dlq'))).toEqual([]);
  });

  it('expires as soon as the first of its messages, by whatever that one says', async () => {
    const own = await start();
    await addMeasuredQueue(own, 'ttl.dlq', 'first-seen.dlq');
    await own.store.index.saveQueueStatus('orders/ttl.dlq', { retention: { kind: 'unlimited' } });
    const now = Date.now();
    const letters = [aLetter('ttl:1', { at: now - 60_000 }), aLetter('ttl:2', { at: now, endsAt: now + 3_600_000 })];
    await own.store.index.ingest({ queueId: 'orders/ttl.dlq', letters, scan: 's' });
    const unknown = [aLetter('first-seen:1', { at: now, keptFrom: null })];
    await own.store.index.ingest({ queueId: 'orders/first-seen.dlq', letters: unknown, scan: 's' });
    const soonest = [...(await own.scrape())].filter(([name]) => name.startsWith('redeliver_queue_soonest_expiry'));
    expect(soonest).toEqual([
      [
        `redeliver_queue_soonest_expiry_seconds{${labelsOf({ connection: 'orders', queue: 'ttl.dlq', bound: 'at_least' })}}`,
        expect.closeTo(3_600, -1),
      ],
    ]);
  });

  it('that cannot be read tells nothing of what the broker said before', async () => {
    const own = await start();
    await addMeasuredQueue(own, 'a.dlq');
    expect((await own.scrape()).has(ofQueue('held_messages', 'a.dlq'))).toBe(false);
    await own.store.index.saveQueueStatus('orders/a.dlq', { heldByOthers: 2 });
    const before = await own.scrape();
    const error = { code: 'unreachable', message: 'Nothing answers.' } as const;
    await own.store.index.saveQueueStatus('orders/a.dlq', { reader: { kind: 'failing', error, since: Date.now() } });
    const samples = await own.scrape();
    expect(before.get(ofQueue('held_messages', 'a.dlq'))).toBe(2);
    for (const name of ['depth_messages', 'held_messages'])
      expect(samples.has(ofQueue(name, 'a.dlq')), name).toBe(false);
    expect(samples.get(ofQueue('open_messages', 'a.dlq'))).toBe(0);
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
      expect(samples.get(ofQueue('sync_delay_seconds', queue))).toBeCloseTo(600, -2);
  });
});

describe('arrivals', () => {
  it('are counted from the start of the process, and what was there before is not among them', async () => {
    const own = await start();
    await addMeasuredQueue(own, 'a.dlq');
    expect((await own.scrape()).get(arrived('a.dlq', 'other'))).toBe(0);
    expect((await own.scrape()).get(arrivedIn('a.dlq'))).toBe(0);
    const [timeout = '', type = ''] = await arrive(own, 'a.dlq', 'TimeoutError', 'TypeError');
    await arrive(own, 'a.dlq', 'TimeoutError');
    const samples = await own.scrape();
    expect(samples.get(arrivedIn('a.dlq'))).toBe(3);
    expect(samples.get(arrived('a.dlq', timeout))).toBe(2);
    expect(samples.get(arrived('a.dlq', type))).toBe(1);
    expect(await own.scrape()).toEqual(expect.objectContaining({ size: samples.size }));
  });

  it('are not what the first read of a queue meets, nor what a log is read backwards for', async () => {
    const own = await start();
    await addUnreadQueue(own, 'new.dlq');
    await addMeasuredQueue(own, 'log.dlq');
    await own.store.index.saveQueueStatus('orders/log.dlq', { knownBackTo: Date.now() });
    for (const queue of ['new.dlq', 'log.dlq']) await arrive(own, queue, 'TimeoutError', 'TypeError');
    await own.scrape();
    for (const queue of ['new.dlq', 'log.dlq']) await arrive(own, queue, 'TimeoutError');
    await own.store.index.saveQueueStatus('orders/new.dlq', { syncedAt: Date.now() });
    await own.store.index.saveQueueStatus('orders/log.dlq', { knownBackTo: null });
    const first = await own.scrape();
    for (const queue of ['new.dlq', 'log.dlq']) {
      expect(first.get(arrivedIn(queue))).toBe(0);
      await arrive(own, queue, 'TypeError');
      expect((await own.scrape()).get(arrivedIn(queue))).toBe(1);
    }
  });

  it('are counted by a process that begins where another one had read', async () => {
    const own = await start({ before: (store) => addMeasuredQueue({ store }, 'a.dlq') });
    await arrive(own, 'a.dlq', 'TimeoutError');
    expect((await own.scrape()).get(arrivedIn('a.dlq'))).toBe(1);
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
    await own.scrape();
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
      ['redeliver_consumer_members{connection="orders",group_id="billing \\"eu\\"\\\\n",topic="payments"}', 2],
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

describe('what was read before', () => {
  const lagRows = (samples: ReadonlyMap<string, number>) =>
    [...samples.keys()].filter((name) => /^redeliver_(consumer|broker_queue)_/.test(name));

  it('is not told as how things are while the engine is silent', async () => {
    let silentForMs = 0;
    const own = await start({ engineSeenAt: () => Date.now() - silentForMs });
    await fillMeasuredConsole(own);
    const asked = ofQueue('sync_delay_seconds', 'payments.dlq');
    expect((await own.scrape()).get(asked)).toBeLessThan(60);
    silentForMs = 120_000;
    const samples = await own.scrape();
    expect(samples.get('redeliver_engine_up')).toBe(0);
    expect(samples.get(asked)).toBeCloseTo(120, -2);
    expect(lagRows(samples)).toEqual([]);
    for (const name of [
      'redeliver_connection_up',
      'redeliver_queue_depth',
      'redeliver_queue_held',
      'redeliver_queue_reader_state',
      'redeliver_queues',
    ])
      expect(
        [...samples.keys()].filter((each) => each.startsWith(name)),
        name,
      ).toEqual([]);
    expect(samples.get(ofQueue('open_messages', 'payments.dlq'))).toBe(2);
  });

  it('of a connection that is looked at no more, or whose lag is not, has no sample but its age', async () => {
    const own = await start();
    await fillMeasuredConsole(own);
    expect(lagRows(await own.scrape())).toHaveLength(4);
    const error = { code: 'unreachable', message: 'Nothing answers.' } as const;
    await own.store.watch.saveLagFailure('orders', error, Date.now());
    await own.store.watch.saveLagFailure('jobs', error, Date.now() - 600_000);
    const [orders] = (await own.store.index.listConnections()).filter(({ name }) => name === 'orders');
    if (orders) await own.store.index.saveConnections([{ ...orders, checkedAt: Date.now() - 600_000 }]);
    const samples = await own.scrape();
    expect(lagRows(samples)).toEqual([]);
    expect(samples.get('redeliver_lag_age_seconds{connection="orders"}')).toBeLessThan(60);
    expect(samples.get('redeliver_lag_age_seconds{connection="jobs"}')).toBeCloseTo(600, -2);
    expect(samples.has('redeliver_connection_up{connection="orders",kind="kafka"}')).toBe(false);
  });

  it('is told again only while it is the last reading, whatever came between', async () => {
    const own = await start();
    const row = { kind: 'queue', queue: 'mails', held: 1, consumers: 1, approximate: false } as const;
    const readingOf = (waiting: number, at: number) =>
      own.store.watch.saveLag('orders', { rows: [{ ...row, waiting }], notes: [] }, { at, tookMs: 1 });
    const lag = async () =>
      (await own.scrape()).get('redeliver_broker_queue_waiting_messages{connection="orders",queue="mails"}');
    const at = Date.now();
    await readingOf(4, at - 3);
    expect([await lag(), await lag()]).toEqual([4, 4]);
    await readingOf(5, at - 2);
    expect(await lag()).toBe(5);
    await own.store.watch.saveLagFailure('orders', { code: 'unreachable', message: 'Nothing answers.' }, at - 1);
    expect(await lag()).toBeUndefined();
    await readingOf(0, at);
    expect([await lag(), await lag()]).toEqual([0, 0]);
    await own.store.watch.saveLag('orders', { rows: [], notes: [] }, { at: at + 1, tookMs: 1 });
    expect(await lag()).toBeUndefined();
  });

  it('is no lag any more when it was read long ago', async () => {
    const own = await start();
    const row = { kind: 'queue', queue: 'mails', waiting: 4, held: 1, consumers: 1, approximate: false } as const;
    await own.store.watch.saveLag('orders', { rows: [row], notes: [] }, { at: Date.now() - 600_000, tookMs: 1 });
    const samples = await own.scrape();
    expect(lagRows(samples)).toEqual([]);
    expect(samples.get('redeliver_lag_age_seconds{connection="orders"}')).toBeCloseTo(600, -2);
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
          measureQueues: () => (broken ? Promise.reject(new Error('SELECT secret')) : store.index.measureQueues()),
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
