import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { visibleText } from '#lib/domain/visible-text.ts';
import { z } from 'zod';
import {
  type LocalPrometheus,
  promtool,
  startLocalPrometheus,
} from '#server/watch/metrics/testing/local-prometheus.ts';
import {
  fillMeasuredConsole,
  goOn,
  hostileNames,
  type MeasuredConsole,
  startMeasuredConsole,
} from '#server/watch/metrics/testing/measured-console.ts';

/** What is shipped for Prometheus and Grafana, tried on Debian's Prometheus: it scrapes a console with something of everything. */

const ops = join(import.meta.dirname, '../../../ops');
const rules = join(ops, 'prometheus/rules.yaml');

let measured: MeasuredConsole;
let prometheus: LocalPrometheus;
let broken = false;

beforeAll(async () => {
  measured = await startMeasuredConsole({
    around: (store) => ({
      ...store,
      ledger: {
        ...store.ledger,
        measureReplays: () => (broken ? Promise.reject(new Error('The disk is gone.')) : store.ledger.measureReplays()),
      },
    }),
  });
  await fillMeasuredConsole(measured);
  prometheus = await startLocalPrometheus({ target: measured.address, rules: [rules] });
  // Rates need a few scrapes between which something went on.
  for (let round = 0; round < 5; round += 1) {
    await goOn(measured, round);
    const seen = async () => (await prometheus.query('redeliver_replays{action="replay", state="sending"}'))[0]?.value;
    await vi.waitUntil(async () => (await seen()) === round + 2, { timeout: 30_000, interval: 100 });
  }
});

afterAll(async () => {
  await prometheus?.stop();
  await measured?.close();
});

const dashboard = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).default([]) })),
  templating: z.object({
    list: z.array(z.object({ name: z.string(), type: z.string(), definition: z.string().optional() })),
  }),
});

function shipped(): z.output<typeof dashboard> {
  return dashboard.parse(JSON.parse(readFileSync(join(ops, 'grafana/redeliver.json'), 'utf8')));
}

/** As Grafana fills in its variables, with everything chosen. */
const filledIn = (expression: string) =>
  expression.replaceAll('$__rate_interval', '1m').replaceAll(/\$(connection|queue)/g, '.*');

describe('the rules', () => {
  it('are right, and fire when and only when their tests say', async () => {
    expect(await promtool(['check', 'rules', rules])).toContain('SUCCESS');
    expect(await promtool(['test', 'rules', join(ops, 'prometheus/rules.test.yaml')])).toContain('SUCCESS');
    expect(await promtool(['check', 'config', join(ops, 'prometheus/prometheus.yaml')])).toContain('SUCCESS');
  });

  it('ask for metrics that there are', async () => {
    const { body } = await measured.metrics.scrape();
    const there = new Set([...body.matchAll(/^# TYPE (\w+)/gm)].map((match) => match[1]));
    const asked = readFileSync(rules, 'utf8').matchAll(/\bredeliver_\w+/g);
    for (const [name] of asked) expect(there, name).toContain(name.replace(/_bucket$/, ''));
  });

  it('have each a test', () => {
    const alerts = [...readFileSync(rules, 'utf8').matchAll(/alert: (\w+)/g)].map((match) => match[1]);
    const tests = readFileSync(join(ops, 'prometheus/rules.test.yaml'), 'utf8');
    expect(alerts.filter((alert) => !new RegExp(`alertname: ${alert}\\n\\s+exp_alerts:\\n`).test(tests))).toEqual([]);
  });

  it('fire in a Prometheus that scrapes the console', async () => {
    await vi.waitFor(
      async () =>
        expect((await prometheus.query('ALERTS')).map(({ metric }) => metric['alertname'])).toEqual(
          expect.arrayContaining(['RedeliverConnectionDown', 'ConsumerLagHigh']),
        ),
      { timeout: 60_000 },
    );
  });
});

describe('a scrape', () => {
  it('is what promtool calls right', async () => {
    const { body } = await measured.metrics.scrape();
    expect(await promtool(['check', 'metrics'], body)).toBe('');
  });

  it('brings names whatever they hold, with nothing hidden in them and nothing forged', async () => {
    const queues = await prometheus.query('redeliver_queue_open_messages');
    expect(queues.map(({ metric }) => metric['queue']).toSorted()).toEqual(
      ['payments.dlq', ...hostileNames].map(visibleText).toSorted(),
    );
    expect(await prometheus.query('forged_metric')).toEqual([]);
    const [lag] = await prometheus.query('redeliver_consumer_lag_messages');
    expect(lag).toMatchObject({ metric: { group_id: 'billing "eu"\\n', topic: 'payments' }, value: 12_345 });
  });
});

describe('the dashboard', () => {
  const expressions = shipped().panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr })));

  it.each(expressions)('$title has data: $expr', async ({ expr }) => {
    const samples = await prometheus.query(filledIn(expr));
    // A route that nobody asked for within the range has a quantile that is no number.
    expect(samples.filter(({ value }) => !Number.isNaN(value)).length, expr).toBeGreaterThan(0);
  });

  it('offers what there is to choose', async () => {
    for (const { definition } of shipped().templating.list.filter(({ type }) => type === 'query')) {
      const [, selector = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(definition ?? '') ?? [];
      const values = (await prometheus.query(filledIn(selector))).map(({ metric }) => metric[label]);
      expect(values, definition).toContain(label === 'queue' ? 'payments.dlq' : 'orders');
    }
    expect(shipped().templating.list[0]).toMatchObject({ name: 'datasource', type: 'datasource' });
  });
});

describe('a store that fails', () => {
  it('makes the scrape fail, and Prometheus call the console down', async () => {
    broken = true;
    await vi.waitFor(async () => expect((await prometheus.query('up'))[0]?.value).toBe(0), { timeout: 60_000 });
    expect((await prometheus.targets())[0]?.lastError).toContain('503');
    broken = false;
    await vi.waitFor(async () => expect((await prometheus.query('up'))[0]?.value).toBe(1), { timeout: 60_000 });
  });
});
