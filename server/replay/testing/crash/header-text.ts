import type { Header } from '#lib/domain/message.ts';

/** A header as a foreign client received it, whether it tells text from bytes or not. */
export function headerText(headers: readonly Header[], name: string): string | null {
  const value = headers.find((header) => header.name === name)?.value;
  if (value?.kind === 'text') return value.text;
  return value?.kind === 'bytes' ? new TextDecoder().decode(value.bytes) : null;
}
