import { isDeepStrictEqual } from 'node:util';
import type { ConventionChain } from '#lib/conventions/chain.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { RawMessage } from '#lib/domain/message.ts';
import { isBrokerHeader } from '#lib/replay/outgoing.ts';

const failureFields: readonly string[] = ['error class', 'error message', 'stack trace', 'reason'];

/**
 * Whether the failure that a return tells was written after its replay. `false` where each header of the convention that tells it is, to the byte, one that
 * the replay has kept: nobody can say then whether it failed in the same way again, or whether nobody wrote how it failed.
 */
export function isToldSince(
  { kind, conventions }: Pick<DeadLetter, 'kind' | 'conventions'>,
  back: RawMessage,
  original: RawMessage,
  chain: Pick<ConventionChain, 'conventions'>,
): boolean {
  const teller = conventions.find(({ fields }) => fields.some((field) => failureFields.includes(field)))?.name;
  const convention = chain.conventions.find(({ name }) => name === teller);
  const ofConvention = ({ name }: { readonly name: string }) =>
    convention?.owns(name) === true && !isBrokerHeader(name, kind);
  const before = original.headers.filter(ofConvention);
  const now = back.headers.filter(ofConvention);
  // Where no header tells it, the body or the broker does.
  return now.length === 0 || now.length !== before.length || !now.every((header) => before.some(isEqualTo(header)));
}

function isEqualTo(header: RawMessage['headers'][number]) {
  return (other: RawMessage['headers'][number]) =>
    other.name === header.name && isDeepStrictEqual(other.value, header.value);
}
