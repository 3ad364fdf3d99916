import type { Alert, Notification } from '#lib/alerts/alert.ts';
import { groupMark } from '#lib/alerts/group-mark.ts';
import { visibleText } from '#lib/domain/visible-text.ts';

/** What every format is made from. */
export interface Told {
  readonly notification: Notification;
  /** Where a browser finds the console, without a slash at its end. */
  readonly consoleUrl: string;
}

export function linkOf({ notification, consoleUrl }: Told): string {
  return `${consoleUrl}${notification.alert.path}`;
}

/** What is so, with the name of a group. Nothing in it is hidden. */
export function sentenceOf({ sentence, subject }: Alert): string {
  return visibleText(`${sentence}${groupMark(subject)}`);
}

/** `Resolved: …`, `Test: …`, or the sentence alone. */
export function headline({ transition, alert }: Notification): string {
  const sentence = sentenceOf(alert);
  if (transition === 'resolved') return `Resolved: ${sentence}`;
  return transition === 'test' ? `Test: ${sentence}` : sentence;
}

/** What it is about, by its name for people. */
export function subjectWords(alert: Alert): string {
  return visibleText(`${alert.subject.label}${groupMark(alert.subject)}`);
}

/** Texts by name, with nothing hidden in them. */
export function visibleTexts(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, visibleText(value)]));
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
