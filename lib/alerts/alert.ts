import type { AlertKind, Severity } from '#lib/alerts/rule.ts';
import { digestOf } from '#lib/fingerprint/digest.ts';

/** What an alert is about. */
export interface AlertSubject {
  readonly kind: 'queue' | 'group' | 'replay' | 'connection' | 'consumer-group' | 'others';
  /** Queue id, fingerprint, replay id, connection, or connection, group and topic. */
  readonly id: string;
  /** For people; masked. */
  readonly label: string;
  /** Dead-letter queues that it concerns. */
  readonly queueIds: readonly string[];
}

/** `pending`: so it is, and not yet for long enough. */
export type AlertPhase = 'pending' | 'firing' | 'resolved';

/** One time that a rule was broken by one subject, from its beginning to its end. */
export interface Alert {
  readonly id: string;
  /** The same for every alert of this rule about this subject, today and next year: receivers tell by it what belongs together. */
  readonly key: string;
  readonly rule: string;
  readonly kind: AlertKind;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly subject: AlertSubject;
  readonly phase: AlertPhase;
  /** Since when it is so, as far as is known. */
  readonly since: number;
  readonly firedAt: number | null;
  /** It is over since then, and not yet for long enough. */
  readonly clearSince: number | null;
  readonly resolvedAt: number | null;
  /** As last measured; for people, masked. */
  readonly sentence: string;
  /** Path in the console to what it is about, with absolute times. */
  readonly path: string;
  /** Receivers that were told, or will be: notifications for them are written down. */
  readonly told: readonly string[];
}

export function alertKey(rule: string, subject: Pick<AlertSubject, 'kind' | 'id'>): string {
  return digestOf(JSON.stringify([rule, subject.kind, subject.id]));
}

/** What is told of an alert: exactly one for each receiver and transition. Its id is what a receiver may tell repeated sends by. */
export interface Notification {
  readonly id: string;
  readonly receiver: string;
  readonly transition: 'fired' | 'resolved' | 'test';
  readonly at: number;
  /** As it was then. */
  readonly alert: Alert;
}

/** There is one for each alert, transition and receiver. */
export function notificationId(alertId: string, transition: 'fired' | 'resolved', receiver: string): string {
  return `${alertId}.${transition}.${receiver}`;
}
