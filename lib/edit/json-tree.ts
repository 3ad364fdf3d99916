/**
 * A JSON document with its own spelling: every number, string and space as it was written, so that what an edit does not touch goes back to the letter.
 * `printJson(parseJson(text))` is the text.
 */
export type JsonNode = JsonObject | JsonArray | JsonScalar;

export interface JsonObject {
  readonly kind: 'object';
  readonly members: JsonMember[];
  /** White space before the closing bracket. */
  tail: string;
}

export interface JsonArray {
  readonly kind: 'array';
  readonly items: JsonItem[];
  tail: string;
}

export interface JsonScalar {
  readonly kind: 'string' | 'number' | 'true' | 'false' | 'null';
  /** As it is written, a string with its quotes. */
  readonly text: string;
}

export interface JsonItem {
  /** White space before the value, or before the name. */
  readonly lead: string;
  value: JsonNode;
  /** White space before the comma that follows. */
  readonly trail: string;
}

export interface JsonMember extends JsonItem {
  /** With its quotes. */
  readonly nameText: string;
  readonly name: string;
  /** The colon with the white space around it. */
  readonly colon: string;
}

export interface JsonDocument {
  readonly lead: string;
  root: JsonNode;
  readonly trail: string;
}

/** Where a text is no JSON: counted in characters, from 0. */
export class JsonSyntaxError extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** Deeper documents are not edited: each level costs a frame of the stack. */
export const levelsMax = 500;

/** Accepts exactly what `JSON.parse` accepts. Throws `JsonSyntaxError`. */
export function parseJson(text: string): JsonDocument {
  let at = 0;

  const fail = (message: string, where = at): never => {
    throw new JsonSyntaxError(message, where);
  };
  const space = (): string => {
    const start = at;
    while (at < text.length && ' \n\r\t'.includes(text[at] ?? '')) at += 1;
    return text.slice(start, at);
  };
  const string = (): string => {
    const start = at;
    at = endOfString(text, start);
    if (at < 0) {
      at = start;
      fail('a string that is not closed, or holds what a string must not');
    }
    return text.slice(start, at);
  };
  const scalar = (): JsonScalar => {
    const start = at;
    if (text[at] === '"') return { kind: 'string', text: string() };
    for (const kind of ['true', 'false', 'null'] as const) {
      if (!text.startsWith(kind, at)) continue;
      at += kind.length;
      return { kind, text: kind };
    }
    numberToken.lastIndex = at;
    if (!numberToken.test(text)) fail(at >= text.length ? 'it ends too early' : 'no value can begin like this', start);
    at = numberToken.lastIndex;
    return { kind: 'number', text: text.slice(start, at) };
  };
  const member = (level: number): Omit<JsonMember, 'lead' | 'trail'> => {
    if (text[at] !== '"') fail('a name in quotes is expected');
    const nameText = string();
    const start = at;
    space();
    if (text[at] !== ':') fail('a colon is expected');
    at += 1;
    space();
    const colon = text.slice(start, at);
    return { nameText, name: textOfString(nameText), colon, value: value(level) };
  };
  /** What is between two brackets; answers the white space at its end. */
  const list = (close: string, each: (lead: string) => void, closeItem: (trail: string) => void): string => {
    at += 1;
    let lead = space();
    if (text[at] === close) {
      at += 1;
      return lead;
    }
    for (;;) {
      each(lead);
      const trail = space();
      if (text[at] === close) {
        at += 1;
        return trail;
      }
      if (text[at] !== ',') fail(`a comma or ${close} is expected`);
      at += 1;
      closeItem(trail);
      lead = space();
    }
  };
  const value = (level: number): JsonNode => {
    if (level > levelsMax) fail(`it is nested deeper than ${levelsMax} levels`);
    if (text[at] === '{') {
      const members: JsonMember[] = [];
      const tail = list(
        '}',
        (lead) => members.push({ lead, trail: '', ...member(level + 1) }),
        (trail) => withTrail(members, trail),
      );
      return { kind: 'object', members, tail };
    }
    if (text[at] === '[') {
      const items: JsonItem[] = [];
      const tail = list(
        ']',
        (lead) => items.push({ lead, trail: '', value: value(level + 1) }),
        (trail) => withTrail(items, trail),
      );
      return { kind: 'array', items, tail };
    }
    return scalar();
  };

  const lead = space();
  const root = value(0);
  const trail = space();
  if (at < text.length) fail('more follows after its end');
  return { lead, root, trail };
}

/** Behind the closing quote; -1 where there is none. By hand: an expression would need a frame of its stack for each character. */
function endOfString(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code < 0x20) return -1;
    if (code !== 0x5c) continue;
    escape.lastIndex = at;
    if (!escape.test(text)) return -1;
    at = escape.lastIndex - 1;
  }
  return -1;
}

const escape = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;
const numberToken = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function withTrail<Item extends JsonItem>(items: Item[], trail: string): void {
  const last = items.at(-1);
  if (trail !== '' && last) items[items.length - 1] = { ...last, trail };
}

/** The text that a string's token stands for. */
export function textOfString(token: string): string {
  const text: unknown = JSON.parse(token);
  return typeof text === 'string' ? text : '';
}

export function printJson({ lead, root, trail }: JsonDocument): string {
  return `${lead}${printNode(root)}${trail}`;
}

export function printNode(node: JsonNode): string {
  switch (node.kind) {
    case 'object':
      return `{${printItems(node.members, (item) => item.nameText + item.colon)}${node.tail}}`;
    case 'array':
      return `[${printItems(node.items, () => '')}${node.tail}]`;
    default:
      return node.text;
  }
}

/** What stands last has no comma behind it, so the white space before that comma goes with it. */
function printItems<Item extends JsonItem>(items: readonly Item[], name: (item: Item) => string): string {
  return items
    .map((item, index) => {
      const trail = index === items.length - 1 ? '' : `${item.trail},`;
      return `${item.lead}${name(item)}${printNode(item.value)}${trail}`;
    })
    .join('');
}

/** What may still be copied, in values and in characters of JSON; below zero it is too much. */
export interface CopyBudget {
  values: number;
  characters: number;
}

/** Takes what a copy would be from the budget, and no longer than there is any; `false` where it does not suffice. */
export function canCopy(node: JsonNode, budget: CopyBudget): boolean {
  budget.values -= 1;
  if (node.kind !== 'object' && node.kind !== 'array') budget.characters -= node.text.length;
  else budget.characters -= 2 + node.tail.length;
  if (budget.values < 0 || budget.characters < 0) return false;
  if (node.kind === 'array') return node.items.every((item) => canCopyItem(item, '', budget));
  return node.kind !== 'object' || node.members.every((item) => canCopyItem(item, item.nameText + item.colon, budget));
}

function canCopyItem({ lead, value, trail }: JsonItem, name: string, budget: CopyBudget): boolean {
  budget.characters -= lead.length + name.length + trail.length + 1;
  return canCopy(value, budget);
}

/** A copy that shares nothing that can be changed. */
export function copyOf(node: JsonNode): JsonNode {
  switch (node.kind) {
    case 'object':
      return { ...node, members: node.members.map((member) => ({ ...member, value: copyOf(member.value) })) };
    case 'array':
      return { ...node, items: node.items.map((item) => ({ ...item, value: copyOf(item.value) })) };
    default:
      return node;
  }
}
