import { describe, expect, it } from 'vitest';
import { editMessageHref, editSelectionHref, readEditUrl } from '#components/edit/edit-url.ts';

function createTab() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

const read = (href: string, tab = createTab()) => readEditUrl(new URL(href, 'http://console').searchParams, tab);

describe('the address of the editor', () => {
  it('says which message, and of which replay the edit is looked at', () => {
    expect(read(editMessageHref('a/b'))).toEqual({ kind: 'message', messageId: 'a/b', replay: null });
    expect(read(editMessageHref('m', 12))).toEqual({ kind: 'message', messageId: 'm', replay: '12' });
    expect(read(editSelectionHref({ messageIds: ['m'] }, createTab()))).toMatchObject({ kind: 'message' });
  });

  it('holds a selection, and the tab holds a long one', () => {
    expect(read(editSelectionHref({ messageIds: ['a', 'b'] }, createTab()))).toEqual({
      kind: 'messages',
      messageIds: ['a', 'b'],
    });
    const tab = createTab();
    const messageIds = Array.from({ length: 2_000 }, (_, number) => `message-${number}`);
    const href = editSelectionHref({ messageIds }, tab);
    expect(href.length).toBeLessThan(100);
    expect(read(href, tab)).toEqual({ kind: 'messages', messageIds });
    expect(read(href)).toEqual({ kind: 'gone' });
  });

  it('holds a filter as it was frozen, less what was taken out of it', () => {
    const filter = { filter: 'queue:orders.* error:"no & such"', from: 1, to: 2, asOf: 3, excluded: ['x'] };
    expect(read(editSelectionHref(filter, createTab()))).toEqual({ kind: 'filter', ...filter });
    const tab = createTab();
    const many = { filter: '', asOf: 3, excluded: Array.from({ length: 200 }, (_, number) => String(number)) };
    expect(read(editSelectionHref(many, tab), tab)).toEqual({ kind: 'filter', ...many });
  });
});
