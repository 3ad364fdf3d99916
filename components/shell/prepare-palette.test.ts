import { expect, test } from 'vitest';
import { paletteEntries, type PaletteWorld } from '#components/shell/prepare-palette.ts';
import { queueHref, queueIdOfParam } from '#components/shell/links.ts';

const world: PaletteWorld = {
  queues: [{ id: 'rabbitmq/email_dlq', name: 'email_dlq', connection: 'rabbitmq' }],
  groups: [{ fingerprint: 'abcdefghij0123456789', title: 'SMTPError: mailbox unavailable', state: 'new' }],
  services: [{ id: 'email', name: 'E-mail', mended: false, running: true }],
};
const ways = (typed: string) =>
  paletteEntries(typed, world).map(({ does }) => (does.kind === 'go' ? does.href : `${does.kind} ${does.serviceId}`));

test('what is typed leads to queues, groups, replays and messages', () => {
  expect(ways('lag')[0]).toBe('/lag');
  expect(ways('email_')[0]).toBe('/queues/rabbitmq%2Femail_dlq');
  expect(ways('unavailable')[0]).toBe('/groups/abcdefghij0123456789');
  expect(ways('replay 118')[0]).toBe('/replays/118');
  expect(ways('aaaaaaaaaaaaaaaaaaaaaa')[0]).toBe('/messages/aaaaaaaaaaaaaaaaaaaaaa');
  expect(ways('bbbbbbbbbbbbbbbbbbbb')[0]).toBe('/groups/bbbbbbbbbbbbbbbbbbbb');
});

test('what no place is called is looked for in the messages, as text and not in the filter language', () => {
  const filters = (typed: string) => ways(typed).map((href) => new URL(href, 'http://x').searchParams.get('filter'));
  expect(filters(' R-305057 ')).toEqual(['"R-305057"']);
  expect(filters('say "no" key:*')).toEqual([String.raw`"say \"no\" key:*"`]);
  expect(filters('75e1dc9e842cca1368c57cada5b3e0bd')[0]).toBe('trace:75e1dc9e842cca1368c57cada5b3e0bd');
  expect(ways('').some((href) => href.startsWith('/messages?'))).toBe(false);
});

test("the sandbox's switches can be thrown by name, and do not stand in the way of those who look for a place", () => {
  expect(ways('mend e-mail')[0]).toBe('mend email');
  expect(ways('')).not.toContain('mend email');
  const mended = { ...world, services: [{ id: 'email', name: 'E-mail', mended: true, running: true }] };
  expect(paletteEntries('break', mended)[0]?.does).toMatchObject({ kind: 'mend', mended: false });
});

test('many queues leave room for groups that are meant as well', () => {
  const queues = Array.from({ length: 40 }, (_, index) => ({
    id: `kafka/mailbox-${index}`,
    name: `mailbox-${index}`,
    connection: 'kafka',
  }));
  const hrefs = paletteEntries('mailbox', { ...world, queues }).map(({ id }) => id);
  expect(hrefs).toContain('group abcdefghij0123456789');
  expect(hrefs).toHaveLength(14);
});

test("a queue's id survives its address, whatever its name", () => {
  for (const id of ['kafka/a.dlq', 'sqs/a b%2F"<>', 'rabbitmq/später/ヨ'])
    expect(queueIdOfParam(queueHref(id).slice('/queues/'.length))).toBe(id);
  expect(queueIdOfParam('%E0%A4%A')).toBeNull();
  expect(queueIdOfParam('no-slash')).toBeNull();
});
