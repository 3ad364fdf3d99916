import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { builtInRules } from '#lib/alerts/rule.ts';
import { toErrorRecord } from '#lib/domain/errors.ts';
import { shownAlertSettings, usualAlerts } from '#server/config/alert-settings.ts';
import { loadConfig } from '#server/config/config.ts';
import { describeConfig, secretsOf } from '#server/config/describe-config.ts';

const path = '/etc/redeliver/redeliver.yaml';
const load = (yaml: string, env: Record<string, string> = {}) =>
  loadConfig({ ...env, REDELIVER_CONFIG: path }, () => yaml);

function alertsOf(yaml: string, env?: Record<string, string>) {
  const { alerts } = load(yaml, env);
  if (!alerts) throw new Error('The configuration should have alerts.');
  return alerts;
}

function refusal(yaml: string): string {
  try {
    load(yaml);
  } catch (error) {
    return toErrorRecord(error).message;
  }
  throw new Error('The configuration should have been refused.');
}

const rules = (...lines: readonly string[]) => `alerts: { rules: [${lines.map((line) => `{ ${line} }`).join(', ')}] }`;

describe('alerts in the configuration', () => {
  test('are the built-in rules where nothing is said, and lag above 10,000 is among them', () => {
    expect(load('{}').alerts).toBeUndefined();
    expect(usualAlerts).toMatchObject({ everyMs: 30_000, rules: builtInRules, receivers: [] });
    expect(builtInRules.find(({ kind }) => kind === 'lag-above')).toMatchObject({ above: 10_000, severity: 'warning' });
  });

  test('a built-in rule is changed or switched off by its name, and the others stay', () => {
    const { rules: on, off } = alertsOf(rules('name: lag-above, above: 500', 'name: new-group, off: true'));
    expect(on.find(({ name }) => name === 'lag-above')).toMatchObject({ above: 500, clearAt: 450, forMs: 0 });
    expect(on.map(({ name }) => name)).not.toContain('new-group');
    expect(on).toHaveLength(builtInRules.length - 1);
    expect(off).toEqual([{ name: 'new-group', kind: 'new-group' }]);
  });

  test('a rule of one’s own says what, how much, for how long and who is told', () => {
    const { rules: on } = alertsOf(`
alerts:
  every: 10s
  rules:
    - { name: deep, when: depth-above, above: 1000, clearAt: 10, for: 2m, clearFor: 90s, queues: ['shop/*'], severity: critical, receivers: [chat], labels: { team: shop } }
    - { name: old, when: oldest-above, above: 1.5d }
    - { name: odd, when: arrivals-unusual, times: 4.5, within: 30m, atLeast: 50 }
  receivers:
    - { name: chat, kind: slack, url: 'https://hooks.slack.com/services/T/B/x' }`);
    expect(on.find(({ name }) => name === 'deep')).toEqual({
      ...{ name: 'deep', kind: 'depth-above', severity: 'critical', above: 1_000, clearAt: 10, builtIn: false },
      ...{ forMs: 120_000, clearForMs: 90_000, withinMs: 0, atLeast: 10, queues: ['shop/*'], receivers: ['chat'] },
      labels: { team: 'shop' },
    });
    expect(on.find(({ name }) => name === 'old')).toMatchObject({ above: 129_600_000, clearAt: 116_640_000 });
    expect(on.find(({ name }) => name === 'odd')).toMatchObject({ above: 4.5, withinMs: 1_800_000, atLeast: 50 });
  });

  test.each([
    [rules('name: deep, when: depth-abov, above: 1'), 'alerts.rules[0].when', 'must be one of new-group'],
    [rules('name: deep, above: 1'), 'alerts.rules[0].when', 'is missing'],
    [rules('name: deep, when: depth-above'), 'alerts.rules[0].above', 'is missing'],
    [rules('name: deep, when: depth-above, above: many'), 'alerts.rules[0].above', 'whole number'],
    [rules('name: old, when: oldest-above, above: 5'), 'alerts.rules[0].above', 'an age such as 2d'],
    [
      rules('name: deep, when: depth-above, above: 1, within: 5m'),
      'alerts.rules[0].within',
      'means nothing to depth-above',
    ],
    [
      rules('name: deep, when: depth-above, above: 10, clearAt: 11'),
      'alerts.rules[0].clearAt',
      'not be more than above',
    ],
    [
      rules('name: deep, when: depth-above, above: 1, for: 2'),
      'alerts.rules[0].for',
      'a time such as 2m, from 0s to 1d',
    ],
    [rules('name: odd, when: arrivals-unusual, times: 5, within: 3d'), 'alerts.rules[0].within', 'from 5m to 12h'],
    [rules('name: new-group, when: depth-above, above: 1'), 'alerts.rules[0].when', 'must be new-group'],
    [
      rules('name: deep, when: depth-above, above: 1, receivers: [chta]'),
      'alerts.rules[0].receivers[0]',
      'is no receiver: there are none',
    ],
    [
      rules('name: deep, when: depth-above, above: 1, labels: { my-team: x }'),
      'alerts.rules[0].labels',
      'labels such as { team: shop }',
    ],
    [rules('name: a, when: regressed-group', 'name: a, when: regressed-group'), 'alerts.rules[1].name', 'another rule'],
    [rules('name: deep, when: depth-above, over: 1'), 'alerts.rules[0].over', 'is not a known key'],
    [
      'alerts: { receivers: [{ name: x, kind: email }] }',
      'alerts.receivers[0].kind',
      'must be webhook, slack, pagerduty or alertmanager',
    ],
    [
      "alerts: { receivers: [{ name: x, kind: webhook, url: 'ftp://x/y' }] }",
      'alerts.receivers[0].url',
      'must be an address',
    ],
    [
      "alerts: { receivers: [{ name: x, kind: webhook, url: 'https://x/y', hmacKey: short }] }",
      'alerts.receivers[0].hmacKey',
      '16 characters',
    ],
    [
      "alerts: { receivers: [{ name: x, kind: alertmanager, url: 'http://x:9093', username: u }] }",
      'alerts.receivers[0].password',
      'is missing',
    ],
    [
      "alerts: { receivers: [{ name: x, kind: webhook, url: 'https://u:p@x/y' }] }",
      'alerts.receivers[0].url',
      'without a user name and a password',
    ],
    [
      "alerts: { receivers: [{ name: x, kind: alertmanager, url: 'https://u:p@x' }] }",
      'alerts.receivers[0].url',
      'the keys username and password',
    ],
    ["alerts: { consoleUrl: 'https://u:p@console' }", 'alerts.consoleUrl', 'without a query or a password'],
    ['alerts: { every: 30 }', 'alerts.every', 'a time such as 30s'],
  ])('%s is refused by the name of its key', (yaml, key, why) => {
    const message = refusal(yaml);
    expect(message).toContain(key);
    expect(message).toContain(why);
  });

  test('no secret is printed, shown or left unknown to the log', () => {
    const config = load(
      `
alerts:
  receivers:
    - { name: chat, kind: slack, url: '\${SLACK_URL}' }
    - { name: hook, kind: webhook, url: 'https://hooks.internal/s3cret-path', hmacKey: '\${HOOK_KEY}' }
    - { name: pager, kind: pagerduty, routingKey: s3cret-routing }
    - { name: am, kind: alertmanager, url: 'http://alertmanager:9093', token: s3cret-token }
    - { name: am2, kind: alertmanager, url: 'http://alertmanager:9093/', username: u, password: s3cret-password }`,
      { SLACK_URL: 'https://hooks.slack.com/services/s3cret', HOOK_KEY: 's3cret-key-of-hook' },
    );
    const printed = [JSON.stringify(config), inspect(config, { depth: 9 }), JSON.stringify(describeConfig(config))];
    const { alerts } = config;
    for (const text of [...printed, JSON.stringify(alerts && shownAlertSettings(alerts))]) {
      expect(text).toContain('pager');
      expect(text).not.toContain('s3cret');
    }
    expect(secretsOf({ ...config }).filter((secret) => secret.includes('s3cret'))).toHaveLength(6);
  });
});
