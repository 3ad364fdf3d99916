import { expect, test } from 'vitest';
import { withConfigured } from '#lib/conventions/chain.ts';
import { textHeader } from '#lib/domain/message.ts';
import { showHeader } from '#lib/payload/show-header.ts';

test('a header of the operator’s own convention stands with the failure headers', () => {
  const header = textHeader('x-acme-error', 'TimeoutError');
  const acme = { name: 'acme', fields: { error: { header: 'x-acme-error', decoder: 'text' as const } } };
  expect(showHeader(header, false).group).toBe('business');
  expect(showHeader(header, false, { conventions: withConfigured([acme]) }).group).toBe('failure');
  expect(showHeader(textHeader('dlq-error', 'x'), false).group).toBe('failure');
});
