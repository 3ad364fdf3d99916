import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { anAlert } from '#lib/alerts/testing/an-alert.ts';
import { createAlertMetrics } from '#server/watch/metrics/alert-metrics.ts';

const report = { at: 1, what: 'fired', said: '503', failingSince: 1 } as const;
const alerts = {
  firing: [anAlert('a', { severity: 'critical' }), anAlert('b', { severity: 'critical' })],
  reports: [
    { ...report, receiver: 'down', outcome: 'failing', waiting: 3 },
    { ...report, receiver: 'own', outcome: 'delivered', waiting: 0 },
    { ...report, receiver: 'removed', outcome: 'failing', waiting: 9 },
  ],
} as const;

async function samplesOf(isLive: boolean): Promise<readonly string[]> {
  const registry = new Registry();
  createAlertMetrics(registry, ['down', 'own', 'unused']).update({ alerts, engine: { isLive, seenAt: 1 } });
  const text = await registry.metrics();
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

const ofReceivers = [
  'redeliver_alert_receiver_up{receiver="down"} 0',
  'redeliver_alert_receiver_up{receiver="own"} 1',
  'redeliver_alert_notifications_waiting{receiver="down"} 3',
  'redeliver_alert_notifications_waiting{receiver="own"} 0',
];

test('what fires is counted by severity, and each configured receiver that was sent something says how it does', async () => {
  expect(await samplesOf(true)).toEqual([
    'redeliver_alerts_firing{severity="critical"} 2',
    'redeliver_alerts_firing{severity="warning"} 0',
    'redeliver_alerts_firing{severity="info"} 0',
    ...ofReceivers,
  ]);
});

test('while the engine is silent nobody knows what fires', async () => {
  expect(await samplesOf(false)).toEqual(ofReceivers);
});
