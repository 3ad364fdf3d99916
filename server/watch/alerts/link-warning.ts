import type { AlertSettings } from '#server/config/alert-settings.ts';

/** Names of a machine for itself, and what stands for all of its addresses. */
const ownNames = /^(localhost|127\..*|0\.0\.0\.0|\[?::1?\]?)$/i;

/** What the log says at the start where receivers get links that lead nowhere but on this machine; `null` where all is well. */
export function linkWarning({ consoleUrl, receivers }: AlertSettings, host: string): string | null {
  if (consoleUrl !== null || receivers.length === 0 || !ownNames.test(host)) return null;
  return `Alerts link to ${host}, which others cannot open. Set alerts.consoleUrl to the address of this console, such as https://redeliver.internal.`;
}
