import {
  canCopy,
  copyOf,
  JsonSyntaxError,
  parseJson,
  textOfString,
  type CopyBudget,
  type JsonDocument,
  type JsonNode,
} from '#lib/edit/json-tree.ts';
import { isEqualJson } from '#lib/edit/json-equal.ts';
import { readPointer } from '#lib/edit/json-pointer.ts';
import { add, find, remove, replaceAt, type Place } from '#lib/edit/patch-places.ts';

/** RFC 6902, over documents that keep their own spelling: no number loses a digit, and what no operation touches stays to the letter. */
export type PatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly at: Place; readonly value: JsonNode }
  | { readonly op: 'remove'; readonly path: string; readonly at: Place }
  | {
      readonly op: 'move' | 'copy';
      readonly path: string;
      readonly at: Place;
      readonly from: string;
      readonly source: Place;
    };

/** `operation` counts from 1; `null` where the patch as a whole is wrong. */
export interface PatchProblem {
  readonly operation: number | null;
  readonly path: string | null;
  /** A sentence's end that says what is wrong, without anything of the document's content. */
  readonly text: string;
}

export const operationsMax = 200;

/** Of all copies that one patch makes: a document that is copied into itself doubles with each operation. */
const copiedMax = { values: 500_000, characters: 8 << 20 } as const;

/** Looks at an operation before it is made; a sentence's end refuses it. */
export type PatchGuard = (root: JsonNode, operation: PatchOperation) => string | null;

/** A patch as JSON text, so that its numbers keep their digits. */
export function readPatch(text: string): readonly PatchOperation[] | PatchProblem {
  let root: JsonNode;
  try {
    root = parseJson(text).root;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return whole(`it is no JSON: ${error.message} at character ${error.at + 1}`);
  }
  if (root.kind !== 'array') return whole('it is no list of operations');
  if (root.items.length === 0) return whole('it has no operations');
  if (root.items.length > operationsMax) return whole(`it has more than ${operationsMax} operations`);
  const operations: PatchOperation[] = [];
  for (const [index, { value }] of root.items.entries()) {
    const operation = readOperation(value);
    if ('text' in operation) return { ...operation, operation: index + 1 };
    operations.push(operation);
  }
  return operations;
}

/** Changes the document; stops at the first operation that fails, and then the document is of no use any more. */
export function applyPatch(
  document: JsonDocument,
  operations: readonly PatchOperation[],
  guard: PatchGuard = () => null,
): PatchProblem | null {
  const budget = { ...copiedMax };
  for (const [index, operation] of operations.entries()) {
    const text = guard(document.root, operation) ?? applyOperation(document, operation, budget);
    if (text !== null) return { operation: index + 1, path: operation.path, text };
  }
  return null;
}

/** `operation 2 (replace /customer/zip): nothing is there` */
export function patchProblemText(problem: PatchProblem, operations: readonly PatchOperation[]): string {
  if (problem.operation === null) return problem.text;
  const op = operations[problem.operation - 1]?.op;
  const what = [op, problem.path === '' ? 'the whole document' : problem.path].filter(Boolean).join(' ');
  return `operation ${problem.operation}${what === '' ? '' : ` (${what})`}: ${problem.text}`;
}

function applyOperation(document: JsonDocument, operation: PatchOperation, budget: CopyBudget): string | null {
  switch (operation.op) {
    case 'add':
      return add(document, operation.at, copyOf(operation.value));
    case 'replace':
      return replaceAt(document, operation.at, copyOf(operation.value));
    case 'remove':
      return remove(document, operation.at);
    case 'test': {
      const found = find(document.root, operation.at);
      if (typeof found === 'string') return found;
      return isEqualJson(found, operation.value) ? null : 'the value there is another one';
    }
    case 'copy': {
      const found = find(document.root, operation.source);
      if (typeof found === 'string') return `from ${operation.from}: ${found}`;
      return canCopy(found, budget) ? add(document, operation.at, copyOf(found)) : tooMuch;
    }
    case 'move': {
      const found = find(document.root, operation.source);
      if (typeof found === 'string') return `from ${operation.from}: ${found}`;
      if (operation.from === operation.path) return null;
      return remove(document, operation.source) ?? add(document, operation.at, found);
    }
  }
}

const tooMuch = 'it would copy more than a patch may: 500,000 values or 8 MiB of text';

function readOperation(node: JsonNode): PatchOperation | Omit<PatchProblem, 'operation'> {
  if (node.kind !== 'object') return { path: null, text: 'it is no object' };
  const names = node.members.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return { path: null, text: `its member "${twice.slice(0, 40)}" stands there twice` };
  const member = (name: string) => node.members.find((each) => each.name === name)?.value;
  const text = (name: string) => {
    const value = member(name);
    return value?.kind === 'string' ? textOfString(value.text) : null;
  };
  const op = text('op');
  const path = text('path');
  if (path === null) return { path, text: 'its "path" is missing' };
  const problem = (words: string) => ({ path, text: words });
  const at = readPointer(path);
  if (at === null) return problem('its "path" is no JSON Pointer such as /customer/zip');
  switch (op) {
    case 'add':
    case 'replace':
    case 'test': {
      const value = member('value');
      return value ? { op, path, at, value } : problem('its "value" is missing');
    }
    case 'remove':
      return at.length === 0 ? problem('the whole document cannot be removed') : { op, path, at };
    case 'move':
    case 'copy': {
      const from = text('from');
      const source = from === null ? null : readPointer(from);
      if (from === null || source === null) return problem('its "from" is missing, or no JSON Pointer');
      if (op === 'move' && from !== path && isWithin(at, source)) return problem('it would move a value into itself');
      return { op, path, at, from, source };
    }
    default:
      return problem('its "op" is none of add, remove, replace, move, copy and test');
  }
}

function isWithin(inner: Place, outer: Place): boolean {
  return inner.length >= outer.length && outer.every((token, index) => inner[index] === token);
}

function whole(text: string): PatchProblem {
  return { operation: null, path: null, text };
}
