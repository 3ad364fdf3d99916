import type { Origin, Reading } from '#lib/domain/dead-letter.ts';

type Content = NonNullable<Origin['content']>;

const field = 'content: ';

/** Under which name a reading says, among what a convention contributed, how the dead letter holds its message. The index keeps these names. */
export function contentField(content: Content): string {
  return field + content;
}

/** Whether a dead letter of the index holds a part of its message alone, or the message as a field of its body. */
export function heldContentOf({ conventions }: Pick<Reading, 'conventions'>): 'truncated' | 'wrapped' | null {
  for (const { fields } of conventions) {
    if (fields.includes(contentField('truncated'))) return 'truncated';
    if (fields.includes(contentField('wrapped'))) return 'wrapped';
  }
  return null;
}
