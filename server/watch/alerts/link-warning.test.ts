import { expect, test } from 'vitest';
import { usualAlerts } from '#server/config/alert-settings.ts';
import { linkWarning } from '#server/watch/alerts/link-warning.ts';

const told = { ...usualAlerts, receivers: [{ name: 'chat', kind: 'slack', secretUrl: 'https://x/y' } as const] };

test.each(['0.0.0.0', '127.0.0.1', 'localhost', '::', '::1'])('links to %s are warned of', (host) => {
  expect(linkWarning(told, host)).toContain('alerts.consoleUrl');
});

test('there is no warning where nobody is told, the address is said, or the host has a name', () => {
  expect(linkWarning(usualAlerts, '0.0.0.0')).toBeNull();
  expect(linkWarning({ ...told, consoleUrl: 'https://redeliver.internal' }, '0.0.0.0')).toBeNull();
  expect(linkWarning(told, 'redeliver.internal')).toBeNull();
});
