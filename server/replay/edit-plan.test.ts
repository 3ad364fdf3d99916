import { afterAll, expect, it } from 'vitest';
import { usualOptions } from '#lib/domain/replay.ts';
import { createMessageEditor } from '#server/payload/message-editor.ts';
import { editContents } from '#server/replay/edit-plan.ts';
import { createPlanNotes } from '#server/replay/plan-notes.ts';
import { aLetter } from '#server/store/testing/letters.ts';

/** Nothing that is edited for real is done within so little. */
const editor = createMessageEditor({ registries: new Map(), timeoutMs: 1 });

afterAll(() => editor.close());

it('a plan is given up with a clear error where the edit goes beyond its limits again and again', async () => {
  const { letter, raw } = aLetter('a');
  const body = new TextEncoder().encode(`[${'{"a":[1,2,3]},'.repeat(280_000)}1]`);
  const routed = {
    letter: { ...letter, queueId: 'kafka/orders.dlq' },
    connection: 'kafka',
    destination: null,
    rule: null,
  };
  const edit = { body: { kind: 'patch', operations: '[{"op":"add","path":"/-","value":1}]' }, headers: [] } as const;
  const contents = new Map([[letter.id, { ...raw, body }]]);
  const editPatience = { left: 1 };
  const made = editContents({ editor, editPatience }, [routed], contents, { ...usualOptions, edit }, createPlanNotes());
  await expect(made).rejects.toMatchObject({
    code: 'invalid_request',
    message: expect.stringContaining('Make the edit simpler, or select fewer messages; nothing was planned.'),
    details: { field: 'options.edit.body' },
  });
});
