import { valueText } from '#lib/conventions/header-index.ts';
import type { Header, RawMessage } from '#lib/domain/message.ts';
import type { FingerprintAttribute } from '#lib/fingerprint/fingerprint.ts';
import { normaliseMessage } from '#lib/fingerprint/normalise-message.ts';

/**
 * What a message says under these names, whatever their case: its headers (on SQS message attributes), else the broker's properties. Of repeated ones
 * the last counts. Hand it the masked message: what is masked groups as the mark.
 */
export function attributesOf(
  { headers, properties }: Pick<RawMessage, 'headers' | 'properties'>,
  names: readonly string[],
): readonly FingerprintAttribute[] {
  return names.flatMap((name) => {
    const value = textOf(headers, name) ?? textOf(properties, name);
    return value === undefined || value === '' ? [] : [{ name, value: told(value) }];
  });
}

function textOf(headers: readonly Header[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  const header = headers.findLast((each) => each.name.toLowerCase() === wanted);
  return header && valueText(header.value);
}

/** A short word or number without more around it is a code (`404`, `E1042`, `eu-central-1`): to tell those apart is why people name an attribute. */
const code = /^(?:\d{1,5}|[A-Za-z][A-Za-z_.]{0,30}[-_]?\d{1,4}|[a-z]{2}-[a-z]{4,12}-\d)$/;

function told(value: string): string {
  const text = value.slice(0, readMax).trim();
  return code.test(text) ? text : normaliseMessage(text);
}

const readMax = 2_000;
