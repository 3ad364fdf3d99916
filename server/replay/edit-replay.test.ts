import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, it } from 'vitest';
import type { EditPreview } from '#lib/api/edits.ts';
import type { MessageEdit } from '#lib/domain/message-edit.ts';
import { editPreviewBody } from '#lib/api/edits.ts';
import { createMasking } from '#lib/masking/masking.ts';
import { systemClock } from '#server/clock.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { createMessageEditor } from '#server/payload/message-editor.ts';
import { createPayloadReader } from '#server/payload/payload-reader.ts';
import { previewEdit } from '#server/queries/edit-preview.ts';
import { readHistory } from '#server/queries/message.ts';
import { readReplayItems } from '#server/queries/replays.ts';
import { createReplayBench, upTo } from '#server/replay/testing/replay-bench.ts';

/** Edited copies, on a real SQS server in this process: what was previewed is what arrives, and the original goes as if it had been sent itself. */

const bench = createReplayBench();

const payloads = createPayloadReader({ registries: new Map() });
const editor = createMessageEditor({ registries: new Map() });

afterAll(async () => {
  await Promise.all([payloads.close(), editor.close()]);
});

function runtime(given: Partial<Runtime> = {}): Runtime {
  return {
    store: bench.store,
    clock: systemClock,
    payloads,
    editor,
    sandbox: null,
    version: 'test',
    engineSeenAt: () => null,
    ...given,
  };
}

function patch(...operations: readonly object[]): MessageEdit {
  return { body: { kind: 'patch', operations: JSON.stringify(operations) }, headers: [] };
}

async function preview(messageId: string, edit: MessageEdit): Promise<EditPreview> {
  const made = await previewEdit(runtime(), editPreviewBody.parse({ messageId, edit }));
  if ('previews' in made) throw new Error('One message was asked for.');
  return made;
}

async function received(): Promise<{ body: string; attributes: Record<string, string | undefined> }> {
  const { Messages: messages = [] } = await bench.foreign.send(
    new ReceiveMessageCommand({ QueueUrl: bench.source, WaitTimeSeconds: 5, MessageAttributeNames: ['All'] }),
  );
  const [message] = messages;
  const attributes = Object.entries(message?.MessageAttributes ?? {});
  return {
    body: message?.Body ?? '',
    attributes: Object.fromEntries(attributes.map(([name, { StringValue }]) => [name, StringValue])),
  };
}

describe('a replay with an edit', () => {
  it('sends what was previewed, settles the original and says so in its history and items', async () => {
    const [letter] = await bench.deadLettersInIndex(1);
    const edit: MessageEdit = {
      body: { kind: 'patch', operations: '[{"op":"add","path":"/id","value":9007199254740993}]' },
      headers: [{ change: 'set', name: 'tenant', value: 'north' }],
    };
    const seen = await preview(letter?.id ?? '', edit);
    expect(seen.problems).toEqual([]);
    expect(seen.diff?.lines).toContainEqual({ kind: 'added', text: '  "id": 9007199254740993' });
    expect(seen.headers).toContainEqual(expect.objectContaining({ name: 'tenant', change: 'added', after: 'north' }));

    const { id, plan, number } = await bench.confirmed([letter?.id ?? ''], { edit });
    expect(plan.headerChanges).toContainEqual(
      expect.objectContaining({ change: 'added', name: 'tenant', value: 'north', why: 'by the edit' }),
    );
    await bench.reached(id, 'watching');
    const { body, attributes } = await received();
    expect(body).toBe('{"number":0,"id":9007199254740993}');
    expect(body).toBe(seen.after?.text);
    expect(attributes).toMatchObject({ tenant: 'north', replayed: 'true', 'replay-id': id });
    expect(await bench.drain(bench.deadLetters)).toEqual([]);

    const detail = await bench.store.index.getMessage(letter?.id ?? '');
    expect(detail.state).toBe('replayed');
    expect(await readHistory(runtime(), detail)).toContainEqual(
      expect.objectContaining({ kind: 'replayed', editedIn: number, by: 'test' }),
    );
    const again = await previewEdit(
      runtime(),
      editPreviewBody.parse({ messageId: detail.id, replayId: String(number) }),
    );
    expect(again).toMatchObject({ diff: seen.diff });
    const { items } = await readReplayItems(runtime(), id, { limit: 10, returned: false });
    expect(items).toMatchObject([{ edited: true, state: 'settled' }]);
    // Sent and removed: the original cannot go as well.
    const original = await bench.plan([letter?.id ?? '']);
    expect(original.plan).toMatchObject({ willSend: 0, refusals: [{ code: 'state-gone', count: 1 }] });
  });

  it('refuses each message on which the patch fails, with the operation and the path, and sends the others', async () => {
    await bench.foreign.send(new SendMessageCommand({ QueueUrl: bench.deadLetters, MessageBody: '{"other":true}' }));
    await bench.foreign.send(new SendMessageCommand({ QueueUrl: bench.deadLetters, MessageBody: 'no JSON' }));
    const letters = await bench.deadLettersInIndex(5, 2);
    const edit = patch({ op: 'replace', path: '/number', value: 7 });
    const { id, plan } = await bench.confirmed(
      letters.map((letter) => letter.id),
      { edit },
    );
    expect(plan.willSend).toBe(5);
    expect(plan.refusals).toMatchObject([
      { code: 'edit-failed', count: 1, text: expect.stringContaining('cannot be edited: ') },
      { code: 'edit-failed', count: 1, text: expect.stringContaining('cannot be edited: ') },
    ]);
    expect(plan.refusals.map(({ text }) => text)).toContain(
      'cannot be edited: operation 1 (replace /number): nothing is there',
    );
    expect(plan.refusals.flatMap(({ messageIds }) => messageIds)).toHaveLength(2);
    const done = await bench.reached(id, 'watching');
    expect(done.account).toMatchObject({ total: 7, settled: 5, skipped: 2 });
    expect(await bench.drain(bench.source)).toEqual([7, 7, 7, 7, 7]);
  });

  it('and one without of the same messages do not both send: the one that comes second is skipped', async () => {
    const letters = await bench.deadLettersInIndex(2);
    const ids = letters.map((letter) => letter.id);
    const original = await bench.plan(ids);
    const { id } = await bench.confirmed(ids, { edit: patch({ op: 'replace', path: '/number', value: 9 }) });
    await bench.reached(id, 'watching');
    await bench.store.ledger.confirmReplay(original.id, original.plan.hash, 'test', Date.now());
    const second = await bench.reached(original.id, 'watching');
    expect(second.account).toMatchObject({ skipped: 2, settled: 0 });
    expect(await bench.drain(bench.source)).toEqual([9, 9]);
  });

  it('is another plan than one without, and says where it changes nothing', async () => {
    const letters = await bench.deadLettersInIndex(2);
    const ids = letters.map((letter) => letter.id);
    const edit = patch({ op: 'replace', path: '/number', value: 1 });
    const [plain, edited] = [await bench.plan(ids), await bench.plan(ids, { edit })];
    expect(edited.plan.hash).not.toBe(plain.plan.hash);
    expect(edited.plan.warnings).toMatchObject([{ code: 'edit-changes-nothing', count: 1 }]);
  });

  it('that could edit nothing is refused whole, and nothing is planned', async () => {
    const letters = await bench.deadLettersInIndex(2);
    const ids = letters.map((letter) => letter.id);
    const refused = (edit: MessageEdit) => bench.plan(ids, { edit }).then(() => 'planned', String);
    expect(await refused({ body: { kind: 'replace', text: '{}' }, headers: [] })).toContain('single message only');
    expect(await refused({ body: null, headers: [] })).toContain('changes nothing');
    expect(await refused({ body: { kind: 'patch', operations: '[{"op":"add"}]' }, headers: [] })).toContain(
      'operation 1: its "path" is missing',
    );
    const lossy = { kind: 'patch', operations: [{ op: 'add', path: '/id', value: 2 ** 53 }] } as const;
    expect(await refused({ body: lossy, headers: [] })).toContain('Send the operations as text');
    const locked = await bench.plan(ids, {
      edit: { body: null, headers: [{ change: 'set', name: 'replay-id', value: 'x' }] },
    });
    expect(locked.plan).toMatchObject({ willSend: 0, refusals: [{ code: 'edit-failed', count: 2 }] });
  });

  it('whose messages arrive at their place edited also after its engine died', async () => {
    const letters = await bench.deadLettersInIndex(3);
    const edit = patch({ op: 'replace', path: '/number', value: 5 });
    const planned = await bench.plan(
      letters.map((letter) => letter.id),
      { edit },
    );
    await bench.engine.stop();
    await bench.store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    bench.startEngine();
    await bench.reached(planned.id, 'watching');
    expect(await bench.drain(bench.source)).toEqual([5, 5, 5]);
  });
});

describe('previews of many', () => {
  it('come page by page, each with its diff or with why it is refused', async () => {
    const letters = await bench.deadLettersInIndex(5);
    const edit = patch({ op: 'test', path: '/number', value: 3 }, { op: 'add', path: '/edited', value: true });
    const pages: EditPreview[] = [];
    let refused = 0;
    let cursor: string | undefined;
    do {
      const given = {
        messageIds: letters.map((letter) => letter.id),
        edit,
        limit: 2,
        ...(cursor !== undefined && { cursor }),
      };
      const page = await previewEdit(runtime(), editPreviewBody.parse(given));
      if (!('previews' in page)) throw new Error('Pages were asked for.');
      pages.push(...page.previews);
      refused += page.refused;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(pages.map(({ messageId }) => messageId)).toEqual(letters.map((letter) => letter.id));
    expect(refused).toBe(4);
    expect(pages.filter(({ after }) => after !== null)).toMatchObject([{ diff: { added: 2, removed: 1 } }]);
    const filtered = await previewEdit(runtime(), editPreviewBody.parse({ filter: '', edit, limit: 3 }));
    expect(filtered).toMatchObject({ previews: upTo(3).map(() => ({ before: { format: 'json' } })) });
  });

  it('end a page that takes too long where they are, and go on from there', async () => {
    const letters = await bench.deadLettersInIndex(5);
    const ids = letters.map(({ id }) => id);
    const filter = `queue:=${letters[0]?.queueId}`;
    for (const selection of [{ messageIds: ids }, { filter, excluded: ids.slice(0, 1) }]) {
      const seen: string[] = [];
      let pages = 0;
      let cursor: string | undefined;
      do {
        let now = Date.now();
        const slow = runtime({ clock: { now: () => (now += 4_000) } });
        const given = { ...selection, limit: 5, ...(cursor !== undefined && { cursor }) };
        const page = await previewEdit(slow, editPreviewBody.parse(given));
        if (!('previews' in page)) throw new Error('Pages were asked for.');
        seen.push(...page.previews.map(({ messageId }) => messageId));
        pages += 1;
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(pages).toBe(2);
      expect(seen.toSorted()).toEqual(('filter' in selection ? ids.slice(1) : ids).toSorted());
    }
  });

  it('stop when nobody waits for them any more', async () => {
    const letters = await bench.deadLettersInIndex(5);
    const body = editPreviewBody.parse({ messageIds: letters.map(({ id }) => id) });
    expect(await previewEdit(runtime(), body, AbortSignal.abort())).toMatchObject({
      previews: [expect.anything()],
      nextCursor: '1',
    });
  });

  it('do not tell whether somebody guessed a masked header', async () => {
    const value = { DataType: 'String', StringValue: 'secret' };
    await bench.foreign.send(
      new SendMessageCommand({
        QueueUrl: bench.deadLetters,
        MessageBody: '{"number":0}',
        MessageAttributes: { authorization: value, tenant: value },
      }),
    );
    const [letter] = await bench.deadLettersInIndex(0, 1);
    const masking = createMasking({ headers: ['authorization'], fields: [], patterns: [], keys: false });
    const changeOf = async (name: string, guess: string) => {
      const edit: MessageEdit = { body: null, headers: [{ change: 'set', name, value: guess }] };
      const body = editPreviewBody.parse({ messageId: letter?.id, edit });
      const made = await previewEdit(runtime({ masking }), body);
      return 'headers' in made && made.headers.find((header) => header.name === name)?.change;
    };
    expect(await changeOf('authorization', 'secret')).toBe('changed');
    expect(await changeOf('authorization', 'another')).toBe('changed');
    expect(await changeOf('tenant', 'secret')).toBe('same');
  });
});
