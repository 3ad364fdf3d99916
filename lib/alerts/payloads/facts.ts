import type { Notification } from '#lib/alerts/alert.ts';

/** What every format is made from. */
export interface Told {
  readonly notification: Notification;
  /** Where a browser finds the console, without a slash at its end. */
  readonly consoleUrl: string;
}

export function linkOf({ notification, consoleUrl }: Told): string {
  return `${consoleUrl}${notification.alert.path}`;
}

/** `Resolved: …`, `Test: …`, or the sentence alone. */
export function headline({ transition, alert }: Notification): string {
  if (transition === 'resolved') return `Resolved: ${alert.sentence}`;
  return transition === 'test' ? `Test: ${alert.sentence}` : alert.sentence;
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}

/** Cut to what a receiver takes, by whole characters. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const shorter = text.slice(0, max - 1);
  // Half of a character in two parts is none.
  return `${/[\uD800-\uDBFF]$/.test(shorter) ? shorter.slice(0, -1) : shorter}…`;
}
