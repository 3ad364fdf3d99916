import { expect, test } from 'vitest';
import { relativesOf, shownRelatives } from '#components/message-detail/prepare-relatives.ts';
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

test('what belongs together is shown where there is something to tell', () => {
  const [own, other] = [{ id: 'm' }, { id: 'n' }];
  const shown = (found: Partial<Parameters<typeof shownRelatives>[1]>) =>
    shownRelatives('m', { hasCause: false, ofCorrelation: undefined, ofEffects: undefined, ...found });
  expect(shown({})).toEqual({ isShown: false, withEffects: false });
  expect(shown({ ofCorrelation: [own], ofEffects: [] })).toEqual({ isShown: false, withEffects: false });
  expect(shown({ ofCorrelation: [own, other] })).toEqual({ isShown: true, withEffects: false });
  expect(shown({ ofEffects: [other] })).toEqual({ isShown: true, withEffects: true });
  expect(shown({ hasCause: true, ofEffects: [] })).toEqual({ isShown: true, withEffects: false });
});
