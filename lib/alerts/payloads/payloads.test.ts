import { describe, expect, test } from 'vitest';
import { alertmanagerAlert } from '#lib/alerts/payloads/alertmanager.ts';
import type { Told } from '#lib/alerts/payloads/facts.ts';
import { pagerDutyPayload } from '#lib/alerts/payloads/pagerduty.ts';
import { slackPayload } from '#lib/alerts/payloads/slack.ts';
import { webhookPayload } from '#lib/alerts/payloads/webhook.ts';
import { aNotification, anAlert } from '#lib/alerts/testing/an-alert.ts';

const fired = anAlert('a1');
const told = (transition: 'fired' | 'resolved' | 'test' = 'fired', changes = {}): Told => ({
  notification: aNotification({ ...fired, ...changes }, 'r', transition),
  consoleUrl: 'https://redeliver.internal',
});
const link = 'https://redeliver.internal/queues/shop%2Forders.dlq?range=1795000000000..';

describe('a notification', () => {
  test('as plain JSON says what, since when, and where to look', () => {
    expect(webhookPayload(told())).toEqual({
      version: 1,
      id: 'a1.fired.r',
      event: 'fired',
      at: '2026-11-18T11:07:40.000Z',
      summary: 'shop/orders.dlq has 12,040 messages, more than 10,000',
      link,
      alert: {
        id: 'a1',
        key: fired.key,
        rule: 'orders-deep',
        kind: 'depth-above',
        severity: 'warning',
        sentence: 'shop/orders.dlq has 12,040 messages, more than 10,000',
        subject: { kind: 'queue', id: 'shop/orders.dlq', label: 'shop/orders.dlq' },
        queues: ['shop/orders.dlq'],
        labels: { team: 'shop' },
        since: '2026-11-18T11:06:40.000Z',
        firedAt: '2026-11-18T11:07:40.000Z',
        resolvedAt: null,
      },
    });
  });

  test('to Slack cannot call a channel, whatever an error says, and stays within a block', () => {
    const payload = JSON.stringify(
      slackPayload(told('fired', { sentence: `<!channel> & <script>${'x'.repeat(9_000)}` })),
    );
    expect(payload).toContain('&lt;!channel&gt; &amp; &lt;script&gt;');
    expect(payload).not.toContain('<!channel>');
    expect(payload.length).toBeLessThan(6_000);
    expect(slackPayload(told())).toMatchObject({
      text: 'shop/orders.dlq has 12,040 messages, more than 10,000',
      blocks: [{ type: 'section' }, { type: 'context' }, { elements: [{ url: link }] }],
    });
    expect(slackPayload(told('resolved'))).toMatchObject({ text: expect.stringMatching(/^Resolved: /) });
  });

  test('to PagerDuty triggers and resolves one incident for a rule and its subject', () => {
    const trigger = pagerDutyPayload(told(), 'key');
    expect(trigger).toMatchObject({
      routing_key: 'key',
      event_action: 'trigger',
      dedup_key: fired.key,
      payload: { severity: 'warning', source: 'shop/orders.dlq', timestamp: '2026-11-18T11:06:40.000Z' },
      links: [{ href: link }],
    });
    expect(pagerDutyPayload(told('resolved'), 'key')).toEqual({
      routing_key: 'key',
      event_action: 'resolve',
      dedup_key: fired.key,
    });
    expect(pagerDutyPayload(told('test'), 'key')).toMatchObject({ dedup_key: 'a1.test.r', event_action: 'trigger' });
  });

  test('to an Alertmanager keeps its labels from firing to resolved', () => {
    const firing = alertmanagerAlert(told(), 1_795_000_300_000);
    const resolved = alertmanagerAlert(
      told('resolved', {
        phase: 'resolved',
        resolvedAt: 1_795_000_200_000,
        sentence: 'shop/orders.dlq has 3 messages',
      }),
      1_795_000_900_000,
    );
    expect(firing).toMatchObject({
      labels: { alertname: 'orders-deep', severity: 'warning', queue: 'shop/orders.dlq', team: 'shop' },
      endsAt: '2026-11-18T11:11:40.000Z',
      generatorURL: link,
    });
    expect(resolved).toMatchObject({ endsAt: '2026-11-18T11:10:00.000Z' });
    expect((resolved as { labels: unknown }).labels).toEqual((firing as { labels: unknown }).labels);
  });
});

describe('what strangers wrote', () => {
  const hostile = '\u001b[31mred\nRESOLVED\u2028\u202egnp';
  const group = (id: string) => ({
    sentence: `New in shop/orders.dlq: ${hostile}`,
    subject: { kind: 'group' as const, id, label: hostile, queueIds: [`shop/${hostile}`] },
    labels: { team: hostile },
  });
  const texts = (changes: ReturnType<typeof group>): readonly string[] => {
    const each = told('fired', changes);
    const { alert, summary } = webhookPayload(each) as {
      summary: string;
      alert: { sentence: string; subject: { label: string } };
    };
    const others = [slackPayload(each), pagerDutyPayload(each, 'key'), alertmanagerAlert(each, 0)];
    return [summary, alert.sentence, alert.subject.label, ...others.flatMap(textsIn)];
  };
  const textsIn = (value: unknown): readonly string[] => {
    if (typeof value === 'string') return [value];
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
  };

  test('hides nothing from who reads it, at any receiver', () => {
    for (const text of texts(group('0123456789'))) expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    expect(texts(group('0123456789'))[0]).toContain('\\u001b[31mred\\nRESOLVED\\u2028\\u202egnp');
  });

  test('two groups with one title are told apart in every title and summary, as on /alerts', () => {
    const [one, other] = [group('aaaaaa1111'), group('bbbbbb2222')].map((changes) => told('resolved', changes));
    if (!one || !other) throw new Error('There are two.');
    expect(slackPayload(one)).toMatchObject({ text: expect.stringMatching(/ · group aaaaaa$/) });
    expect(slackPayload(other)).toMatchObject({ text: expect.stringMatching(/ · group bbbbbb$/) });
    expect(webhookPayload(one)).toMatchObject({ summary: expect.stringMatching(/ · group aaaaaa$/) });
    expect(webhookPayload(other)).toMatchObject({ alert: { sentence: expect.stringMatching(/ · group bbbbbb$/) } });
    const [fired] = [told('fired', group('aaaaaa1111'))];
    expect(pagerDutyPayload(fired, 'key')).toMatchObject({
      payload: {
        summary: expect.stringMatching(/ · group aaaaaa$/),
        component: expect.stringMatching(/ · group aaaaaa$/),
      },
    });
    expect(alertmanagerAlert(fired, 0)).toMatchObject({
      annotations: { summary: expect.stringMatching(/ · group aaaaaa$/) },
    });
  });
});
