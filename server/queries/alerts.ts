import type { AlertRow, AlertsResponse, MuteRow, ReceiverRow } from '#lib/api/alerts.ts';
import type { Alert } from '#lib/alerts/alert.ts';
import { type Mute, muteOf } from '#lib/alerts/mute.ts';
import { type AlertRule, builtInRules, severities } from '#lib/alerts/rule.ts';
import { ruleWords } from '#lib/alerts/rule-words.ts';
import { type ShownAlertSettings, usualAlerts } from '#server/config/alert-settings.ts';
import type { Runtime } from '#server/http/runtime.ts';
import type { Ledger } from '#server/store/store.ts';
import { readWatchMemory } from '#server/watch/alerts/watch-memory.ts';

const resolvedMax = 50;

/** What fires and did, what watches, and how those did who are told. From the ledger alone: every page asks for it. */
export async function readAlerts({ store, clock, masking, alerts = usualAlerts }: Runtime): Promise<AlertsResponse> {
  const asOf = clock.now();
  const [standing, resolved, mutes, reports, memory] = await Promise.all([
    store.ledger.listStandingAlerts(),
    store.ledger.listResolvedAlerts(resolvedMax),
    store.ledger.listMutes(asOf),
    store.ledger.listReceiverReports(),
    readWatchMemory(store.watch),
  ]);
  const text = (said: string) => masking?.text(said) ?? said;
  const toRow = (alert: Alert): AlertRow => ({
    ...alert,
    subject: { ...alert.subject, label: text(alert.subject.label) },
    sentence: text(alert.sentence),
    mutedBy: alert.phase === 'resolved' ? null : (muteOf(alert, mutes, asOf)?.id ?? null),
  });
  const rank = ({ severity }: Alert) => severities.indexOf(severity);
  const firing = standing
    .filter(({ phase }) => phase === 'firing')
    .toSorted((a, b) => rank(a) - rank(b) || (b.firedAt ?? 0) - (a.firedAt ?? 0));
  const pending = standing.filter(({ phase }) => phase === 'pending');
  return {
    asOf,
    everyMs: alerts.everyMs,
    evaluatedAt: memory?.at ?? null,
    firing: firing.map(toRow),
    pending: pending.map(toRow),
    resolved: resolved.map(toRow),
    mutes: await Promise.all(
      mutes.map(async (mute): Promise<MuteRow> => {
        const label = await subjectLabel(store.ledger, mute, [...standing, ...resolved]);
        return { ...mute, reason: text(mute.reason), subjectLabel: label === null ? null : text(label) };
      }),
    ),
    rules: rulesOf(alerts).map(({ rule, on }) => ({
      name: rule.name,
      kind: rule.kind,
      severity: rule.severity,
      watches: ruleWords(rule),
      builtIn: rule.builtIn,
      on,
      receivers: rule.receivers ?? alerts.receivers.map(({ name }) => name),
      labels: rule.labels,
      firing: firing.filter((alert) => alert.rule === rule.name).length,
      pending: pending.filter((alert) => alert.rule === rule.name).length,
      problem: memory?.failing[rule.name] ?? null,
    })),
    receivers: alerts.receivers.map(({ name, kind }): ReceiverRow => {
      const report = reports.find((each) => each.receiver === name);
      if (!report) return { name, kind, state: 'unused', last: null, failingSince: null, waiting: 0 };
      const { at, what, said, outcome, failingSince, waiting } = report;
      return { name, kind, state: outcome, last: { at, what, said: text(said) }, failingSince, waiting };
    }),
  };
}

/** By an alert about it, and that of a replay also when there is none any more. */
async function subjectLabel(ledger: Ledger, { subject }: Mute, alerts: readonly Alert[]): Promise<string | null> {
  if (subject === null) return null;
  const alert = alerts.find((each) => each.subject.id === subject);
  if (alert) return alert.subject.label;
  const replay = await ledger.getReplay(subject).catch(() => null);
  // It is found by its number, too, and then the subject is something else.
  return replay?.id === subject ? `Replay ${replay.number}` : null;
}

/** Those that were switched off are shown, so that nobody thinks that they watch. */
function rulesOf({ rules, off }: ShownAlertSettings): readonly { readonly rule: AlertRule; readonly on: boolean }[] {
  const switchedOff = builtInRules.filter(({ name }) => off.some((each) => each.name === name));
  return [...rules.map((rule) => ({ rule, on: true })), ...switchedOff.map((rule) => ({ rule, on: false }))];
}
