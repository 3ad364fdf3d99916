import { expect, test } from 'vitest';
import { relativesOf } from '#components/message-detail/prepare-relatives.ts';
import { serialise } from '#lib/filter/serialise.ts';

const asked = (correlationId: string | null, causationId: string | null, eventId: string | null) =>
  Object.fromEntries(
    Object.entries(relativesOf({ correlationId, causationId, eventId })).map(([name, filter]) => [
      name,
      filter === null ? null : serialise(filter),
    ]),
  );

test('a message leads to its correlation, to its cause by event id, and to what names it as its cause', () => {
  expect(asked('c', 'e-1', 'e-2')).toEqual({
    correlation: 'correlation:c',
    cause: 'event:e-1',
    effects: 'causation:e-2',
  });
  expect(asked(null, null, null)).toEqual({ correlation: null, cause: null, effects: null });
});

test('what names itself as its cause has none, and what is masked leads nowhere', () => {
  expect(asked(null, 'e-1', 'e-1')).toMatchObject({ cause: null, effects: 'causation:e-1' });
  expect(asked('c-•••', null, null)).toMatchObject({ correlation: null });
});
