import { Gauge, type Registry } from 'prom-client';
import { severities } from '#lib/alerts/rule.ts';
import type { Snapshot } from '#server/watch/metrics/snapshot.ts';

/** What fires, and how those do who are told. `receivers` are those that are configured, by name. */
export function createAlertMetrics(registry: Registry, receivers: readonly string[]) {
  const firing = new Gauge({
    name: 'redeliver_alerts_firing',
    help: 'Alerts that fire, muted ones among them. Absent while the engine is silent.',
    labelNames: ['severity'],
    registers: [registry],
  });
  const up = new Gauge({
    name: 'redeliver_alert_receiver_up',
    help: '1 where the receiver took what it was sent last, 0 where it did not. Absent before it was sent anything.',
    labelNames: ['receiver'],
    registers: [registry],
  });
  const waiting = new Gauge({
    name: 'redeliver_alert_notifications_waiting',
    help: 'Notifications that are still to be delivered.',
    labelNames: ['receiver'],
    registers: [registry],
  });

  return {
    update({ alerts, engine }: Pick<Snapshot, 'alerts' | 'engine'>): void {
      for (const gauge of [firing, up, waiting]) gauge.reset();
      if (engine.isLive)
        for (const severity of severities)
          firing.set({ severity }, alerts.firing.filter((alert) => alert.severity === severity).length);
      for (const receiver of receivers) {
        const report = alerts.reports.find((each) => each.receiver === receiver);
        if (!report) continue;
        up.set({ receiver }, report.outcome === 'delivered' ? 1 : 0);
        waiting.set({ receiver }, report.waiting);
      }
    },
  };
}
