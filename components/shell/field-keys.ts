/**
 * What a key does in a field that filters a list: to the first of those shown, the text away, or out of the field so that keys of the page work again.
 * `null`: what it does in any field.
 */
export function fieldStep(
  { key, isComposing }: Pick<KeyboardEvent, 'key' | 'isComposing'>,
  text: string,
): 'first' | 'clear' | 'leave' | null {
  if (isComposing) return null;
  if (key === 'Enter' || key === 'ArrowDown') return 'first';
  if (key === 'Escape') return text === '' ? 'leave' : 'clear';
  return null;
}
