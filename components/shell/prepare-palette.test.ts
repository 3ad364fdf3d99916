import { expect, test } from 'vitest';
import { paletteEntries } from '#components/shell/prepare-palette.ts';
import { queueHref, queueIdOfParam } from '#components/shell/links.ts';

const queues = [{ id: 'rabbitmq/email_dlq', name: 'email_dlq', connection: 'rabbitmq' }];

test('what is typed leads to queues, replays and messages', () => {
  expect(paletteEntries('mail', queues).map((entry) => entry.href)).toEqual(['/queues/rabbitmq%2Femail_dlq']);
  expect(paletteEntries('replay 118', queues).map((entry) => entry.href)).toEqual(['/replays/118']);
  expect(paletteEntries('aaaaaaaaaaaaaaaaaaaaaa', queues)[0]?.href).toBe('/messages/aaaaaaaaaaaaaaaaaaaaaa');
});

test("a queue's id survives its address, whatever its name", () => {
  for (const id of ['kafka/a.dlq', 'sqs/a b%2F"<>', 'rabbitmq/später/ヨ'])
    expect(queueIdOfParam(queueHref(id).slice('/queues/'.length))).toBe(id);
  expect(queueIdOfParam('%E0%A4%A')).toBeNull();
  expect(queueIdOfParam('no-slash')).toBeNull();
});
