import { type Alert, alertKey, type AlertSubject, type Notification, notificationId } from '#lib/alerts/alert.ts';
import { type Mute, muteOf } from '#lib/alerts/mute.ts';
import { type AlertRule, standingMax } from '#lib/alerts/rule.ts';
import { type Measured, nextStanding, type Standing } from '#lib/alerts/standing.ts';
import { counted } from '#lib/alerts/words.ts';

/** What was measured of one subject. */
export interface Observation extends Measured {
  readonly subject: AlertSubject;
  /** As it is now: `shop/orders.dlq has 12,040 messages, more than 10,000`. */
  readonly sentence: string;
  readonly path: string;
}

export interface Round {
  readonly rules: readonly AlertRule[];
  /** Pending and firing. */
  readonly known: readonly Alert[];
  /** By rule; a subject that is not among them is no longer there. A rule that is absent could not be measured, and nothing of it changes. */
  readonly seen: ReadonlyMap<string, readonly Observation[]>;
  readonly mutes: readonly Mute[];
  /** By name, all that there are. */
  readonly receivers: readonly string[];
  readonly now: number;
  newId(): string;
}

/** To be written down in one piece. */
export interface RoundResult {
  /** New and changed ones. */
  readonly alerts: readonly Alert[];
  /** Ids of pending ones that came to nothing. */
  readonly dropped: readonly string[];
  readonly notifications: readonly Notification[];
}

/** One look at everything: what fires, what is over, and who is told. Muted alerts fire and are over in silence; what was told before is told to be over. */
export function takeRound(round: Round): RoundResult {
  const alerts: Alert[] = [];
  const dropped: string[] = [];
  const notifications: Notification[] = [];
  for (const alert of round.known.filter(({ rule }) => !round.rules.some(({ name }) => name === rule))) {
    if (alert.phase === 'pending') dropped.push(alert.id);
    else settle(alert, { ...alert, phase: 'resolved', resolvedAt: round.now }, undefined);
  }
  for (const rule of round.rules) {
    const seen = round.seen.get(rule.name);
    if (seen) takeRule(rule, seen);
  }
  return { alerts, dropped, notifications };

  function takeRule(rule: AlertRule, seen: readonly Observation[]): void {
    const known = new Map(round.known.filter((alert) => alert.rule === rule.name).map((alert) => [alert.key, alert]));
    const keyed = seen.map((observation) => ({ key: alertKey(rule.name, observation.subject), ...observation }));
    for (const { key, ...observation } of keyed.filter(({ key }) => known.has(key)))
      advance(rule, known.get(key) ?? null, observation);
    for (const alert of [...known.values()].filter(({ key }) => !keyed.some((each) => each.key === key)))
      if (alert.subject.kind !== 'others') advance(rule, alert, { ...alert, value: 0 });
    // What is broken for the first time finds a place among those that stand by themselves, or is told with all the others.
    const fresh = keyed.filter(({ key, value }) => !known.has(key) && value !== null && value > rule.above);
    const standing = [...known.values()].filter(({ subject }) => subject.kind !== 'others').length;
    const room = Math.max(0, standingMax - standing);
    for (const { key: _, ...observation } of fresh.slice(0, room)) advance(rule, null, observation);
    const others = [...known.values()].find(({ subject }) => subject.kind === 'others') ?? null;
    const beyond = fresh.length - Math.min(room, fresh.length);
    if (others || beyond > 0) advance({ ...rule, above: 0, clearAt: 0 }, others, furtherOnes(rule, beyond));
  }

  function advance(rule: AlertRule, before: Alert | null, observation: Observation): void {
    const standing = nextStanding(rule, before, observation, round.now);
    if (standing === null) {
      if (before) dropped.push(before.id);
      return;
    }
    const alert = before ?? newAlert(rule, observation, standing);
    // The rule may have been written anew, and the sentence says how it is now. The path stays: it shows the times of the beginning.
    const { severity, labels } = rule;
    settle(before, { ...alert, ...standing, severity, labels, sentence: observation.sentence }, rule);
  }

  function newAlert(rule: AlertRule, { subject, sentence, path }: Observation, standing: Standing): Alert {
    const { name, kind, severity, labels } = rule;
    const key = alertKey(name, subject);
    return {
      id: round.newId(),
      key,
      rule: name,
      kind,
      severity,
      labels,
      subject,
      ...standing,
      sentence,
      path,
      told: [],
    };
  }

  function settle(before: Alert | null, after: Alert, rule: AlertRule | undefined): void {
    const untold = after.phase === 'firing' && rule ? untoldReceivers(after, rule) : [];
    const told = after.phase === 'resolved' ? after.told.filter((name) => round.receivers.includes(name)) : untold;
    const alert = untold.length === 0 ? after : { ...after, told: [...after.told, ...untold] };
    const transition = after.phase === 'resolved' ? 'resolved' : 'fired';
    for (const receiver of told)
      notifications.push({
        id: notificationId(alert.id, transition, receiver),
        receiver,
        transition,
        at: round.now,
        alert,
      });
    if (before === null || !isSame(before, alert)) alerts.push(alert);
  }

  function untoldReceivers(alert: Alert, rule: AlertRule): readonly string[] {
    if (muteOf(alert, round.mutes, round.now)) return [];
    const meant = rule.receivers ?? round.receivers;
    return round.receivers.filter((name) => meant.includes(name) && !alert.told.includes(name));
  }
}

function furtherOnes(rule: AlertRule, count: number): Observation {
  const subject: AlertSubject = { kind: 'others', id: rule.name, label: 'further ones', queueIds: [] };
  return {
    subject,
    value: count,
    sentence: `${counted(count, 'further alert')} of the rule ${rule.name}: ${standingMax} are told one by one`,
    path: '/alerts',
  };
}

function isSame(one: Alert, other: Alert): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
