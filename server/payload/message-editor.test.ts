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
