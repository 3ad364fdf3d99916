import type { Alert } from '#lib/alerts/alert.ts';
import { matchesQueue } from '#lib/filter/queue-pattern.ts';
import { matchesWhole } from '#lib/filter/wildcards.ts';

/** Alerts that are shown and of which nobody is told. All that is said of them must be so; at least one thing is. */
export interface Mute {
  readonly id: string;
  readonly rule: string | null;
  /** A dead-letter queue that the alert concerns; `*` stands for any run of characters. */
  readonly queue: string | null;
  /** The fingerprint of a group. */
  readonly group: string | null;
  /** Any subject by its id: a connection, a replay, a consumer group. */
  readonly subject: string | null;
  /** `team=shop` of a rule's labels; `team=*`. */
  readonly label: string | null;
  /** `null` until it is lifted. */
  readonly until: number | null;
  readonly by: string;
  readonly reason: string;
  readonly createdAt: number;
}

export type MutedAlert = Pick<Alert, 'rule' | 'subject' | 'labels'>;

export function muteOf(alert: MutedAlert, mutes: readonly Mute[], now: number): Mute | null {
  return mutes.find((mute) => isInForce(mute, now) && isMeant(mute, alert)) ?? null;
}

export function isInForce({ until }: Pick<Mute, 'until'>, now: number): boolean {
  return until === null || now < until;
}

function isMeant(mute: Mute, { rule, subject, labels }: MutedAlert): boolean {
  const { queue, group, label } = mute;
  if (mute.rule !== null && mute.rule !== rule) return false;
  if (mute.subject !== null && mute.subject !== subject.id) return false;
  if (group !== null && !(subject.kind === 'group' && subject.id === group)) return false;
  // Where it concerns several queues, the others are not to be silent too.
  if (queue !== null && (subject.queueIds.length === 0 || !subject.queueIds.every((id) => matchesQueue(queue, id))))
    return false;
  return label === null || Object.entries(labels).some(([name, value]) => isLabel(label, name, value));
}

function isLabel(label: string, name: string, value: string): boolean {
  const at = label.indexOf('=');
  return label.slice(0, at) === name && matchesWhole(label.slice(at + 1).split('*'), value);
}
