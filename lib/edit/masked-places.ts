import type { PatchGuard, PatchOperation } from '#lib/edit/json-patch.ts';
import { find, type Place } from '#lib/edit/patch-places.ts';
import { printNode, type JsonNode } from '#lib/edit/json-tree.ts';
import type { Masking } from '#lib/masking/masking.ts';

/**
 * Refuses the operations by which somebody could learn what is masked: a test would tell whether a guess is right, and what is copied or moved would stand
 * where no rule hides it. Masked fields may be replaced and removed.
 */
export function guardMasked(masking: Masking): PatchGuard {
  return (root, operation) => {
    const place = readBy(operation);
    if (place === null) return null;
    const found = find(root, place);
    if (typeof found === 'string' || !isMasked(root, place, found, masking)) return null;
    const verb = operation.op === 'test' ? 'tested' : operation.op === 'copy' ? 'copied' : 'moved';
    return `what is masked cannot be ${verb}; it can be replaced and removed`;
  };
}

/** Whether an operation writes where something is masked: that the document stays the same would tell that it was guessed. */
export function writesMasked(root: JsonNode, { op, at }: PatchOperation, masking: Masking): boolean {
  if (op === 'test') return false;
  const found = find(root, at);
  return typeof found !== 'string' && isMasked(root, at, found, masking);
}

function readBy(operation: PatchOperation): Place | null {
  switch (operation.op) {
    case 'test':
      return operation.at;
    case 'copy':
    case 'move':
      return operation.source;
    case 'add':
    case 'replace':
    case 'remove':
      return null;
  }
}

/** In its place, because a rule goes by the names around a value. */
function isMasked(root: JsonNode, place: Place, value: JsonNode, masking: Masking): boolean {
  const names = place.filter((_, depth) => isObject(find(root, place.slice(0, depth))));
  const document = `${names.map((name) => `{${JSON.stringify(name)}:`).join('')}${printNode(value)}${'}'.repeat(names.length)}`;
  return masking.text(document) !== document;
}

function isObject(node: JsonNode | string): boolean {
  return typeof node !== 'string' && node.kind === 'object';
}
