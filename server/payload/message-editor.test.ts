import { afterEach, describe, expect, it } from 'vitest';
import { bytesHeader, type RawMessage } from '#lib/domain/message.ts';
import type { MessageEdit } from '#lib/domain/message-edit.ts';
import { systemClock } from '#server/clock.ts';
import { freePorts } from '#server/local-brokers/free-port.ts';
import { createMessageEditor, type MessageEditor } from '#server/payload/message-editor.ts';
import { createSchemaRegistry } from '#server/payload/schema-registry.ts';
import { foreignPayload } from '#server/payload/testing/foreign-payload.ts';

let editor: MessageEditor;

afterEach(() => editor.close());

const edit: MessageEdit = {
  body: { kind: 'patch', operations: '[{"op":"add","path":"/edited","value":true}]' },
  headers: [],
};

function message(body: string | Uint8Array | null, key: string | null = null): RawMessage {
  const bytes = (text: string) => new TextEncoder().encode(text);
  return {
    key: key === null ? null : bytes(key),
    body: typeof body === 'string' ? bytes(body) : body,
    headers: [bytesHeader('tenant', 'north')],
    properties: [],
  };
}

describe('the editor of messages', () => {
  it('answers in order, each message by itself, and leaves everything but the body as it was', async () => {
    editor = createMessageEditor({ registries: new Map() });
    const messages = [message('{}', 'a'), message('[]'), message(null), message('{"n":1.0}')];
    const made = await editor.edit({ connection: 'kafka', kind: 'kafka', edit }, messages);
    const bodies = made.map((each) =>
      each.kind === 'edited' ? new TextDecoder().decode(each.message.body ?? undefined) : each.problem.operation,
    );
    expect(bodies).toEqual(['{"edited":true}', 1, null, '{"n":1.0,"edited":true}']);
    expect(made[0]).toMatchObject({ message: { key: messages[0]?.key, headers: messages[0]?.headers } });
  });

  it('tells a registry that cannot be asked from a body that cannot be edited', async () => {
    const url = `http://127.0.0.1:${(await freePorts(1))[0]}`;
    editor = createMessageEditor({
      registries: new Map([['kafka', createSchemaRegistry({ url, clock: systemClock })]]),
    });
    const made = await editor.edit({ connection: 'kafka', kind: 'kafka', edit }, [
      message(foreignPayload('avro').bytes),
      message('{}'),
    ]);
    expect(made).toMatchObject([{ kind: 'refused', unasked: true }, { kind: 'edited' }]);
    const elsewhere = await editor.edit({ connection: 'other', kind: 'kafka', edit }, [
      message(foreignPayload('avro').bytes),
    ]);
    expect(elsewhere).toMatchObject([
      {
        kind: 'refused',
        unasked: false,
        problem: { text: expect.stringContaining('No schema registry is configured') },
      },
    ]);
  });

  it('survives a body that takes too long, and edits the others of its batch', async () => {
    editor = createMessageEditor({ registries: new Map(), timeoutMs: 1 });
    const huge = `[${'{"a":[1,2,3]},'.repeat(280_000)}1]`;
    const [slow] = await editor.edit({ connection: 'kafka', kind: 'kafka', edit }, [message(huge)]);
    expect(slow).toMatchObject({
      kind: 'refused',
      problem: { text: expect.stringContaining('takes more than 0.001 s') },
    });
    await editor.close();
    editor = createMessageEditor({ registries: new Map() });
    const made = await editor.edit({ connection: 'kafka', kind: 'kafka', edit }, [message('{}')]);
    expect(made).toMatchObject([{ kind: 'edited' }]);
  });

  it('tries no more of them once as many went beyond its limits as its caller has patience for', async () => {
    editor = createMessageEditor({ registries: new Map(), timeoutMs: 1 });
    const huge = `[${'{"a":[1,2,3]},'.repeat(280_000)}1]`;
    const patience = { left: 1 };
    const request = { connection: 'kafka', kind: 'kafka', edit, patience } as const;
    const made = await editor.edit(request, [message(huge), message(huge), message('[]')]);
    const slow = expect.stringContaining('takes more than 0.001 s');
    const untried = expect.stringContaining('it was not tried');
    expect(made).toMatchObject([slow, untried, untried].map((text) => ({ kind: 'refused', problem: { text } })));
    expect(patience.left).toBe(0);
  });

  it('says that nothing changed, but never where only somebody who knows what is masked could tell', async () => {
    const masking = { headers: ['authorization'], fields: ['card'], patterns: [], keys: true };
    editor = createMessageEditor({ registries: new Map(), masking });
    const letter = {
      ...message('{"card":"4111","zip":"1"}', 'a'),
      headers: [bytesHeader('tenant', 'north'), bytesHeader('authorization', 'secret')],
    };
    const isSame = async (change: Partial<MessageEdit>) => {
      const request = { connection: 'kafka', kind: 'kafka', edit: { body: null, headers: [], ...change } } as const;
      const [made] = await editor.edit(request, [letter]);
      return made?.kind === 'edited' ? made.isSame : made?.problem.text;
    };
    const set = (name: string, value: string) => ({ headers: [{ change: 'set', name, value }] as const });
    const patch = (...operations: readonly object[]) => ({ body: { kind: 'patch', operations } as const });
    expect(await isSame(set('tenant', 'north'))).toBe(true);
    expect(await isSame(set('authorization', 'secret'))).toBe(false);
    expect(await isSame({ key: { kind: 'text', text: 'a' } })).toBe(false);
    expect(await isSame(patch({ op: 'replace', path: '/zip', value: '1' }))).toBe(true);
    expect(await isSame(patch({ op: 'replace', path: '/zip', value: '2' }))).toBe(false);
    for (const guess of [
      [{ op: 'replace', path: '/card', value: '4111' }],
      [{ op: 'add', path: '/card', value: '4111' }],
      [{ op: 'replace', path: '', value: { card: '4111', zip: '1' } }],
      [
        { op: 'add', path: '/guess', value: '4111' },
        { op: 'move', from: '/guess', path: '/card' },
      ],
    ])
      expect(await isSame(patch(...guess))).toBe(false);
  });

  it('changes the key of a message that has one of its own, and only on Kafka', async () => {
    editor = createMessageEditor({ registries: new Map() });
    const key = (change: MessageEdit['key']) => ({ body: null, headers: [], key: change });
    const made = async (kind: 'kafka' | 'sqs', change: MessageEdit['key'], of: RawMessage) =>
      (await editor.edit({ connection: 'c', kind, edit: key(change) }, [of]))[0];
    expect(await made('kafka', { kind: 'text', text: 'b' }, message('x', 'a'))).toMatchObject({
      message: { key: new TextEncoder().encode('b') },
    });
    expect(await made('kafka', { kind: 'none' }, message('x', 'a'))).toMatchObject({ message: { key: null } });
    expect(await made('sqs', { kind: 'none' }, message('x'))).toMatchObject({ kind: 'refused' });
    const framed = { ...message('x'), key: foreignPayload('avro key').bytes };
    expect(await made('kafka', { kind: 'text', text: 'b' }, framed)).toMatchObject({
      problem: { text: expect.stringContaining('written by a schema') },
    });
  });
});
