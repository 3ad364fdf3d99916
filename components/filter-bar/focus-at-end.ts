/** Puts the caret where the next term of a filter belongs: at the end, after a space. React hears of the space as if it had been typed. */
export function focusAtEnd(field: HTMLInputElement | null): void {
  if (!field) return;
  field.focus();
  const end = field.value.length;
  field.setSelectionRange(end, end);
  if (end === 0 || field.value.endsWith(' ')) return;
  field.setRangeText(' ', end, end, 'end');
  field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertText', data: ' ' }));
}
