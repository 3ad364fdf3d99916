import { readIndex } from '#lib/edit/json-pointer.ts';
import type { JsonArray, JsonDocument, JsonItem, JsonMember, JsonNode, JsonObject } from '#lib/edit/json-tree.ts';

/** The tokens of a JSON Pointer. */
export type Place = readonly string[];

/** Each of these answers what is wrong as a sentence's end, or `null`. */
type Wrong = string | null;

const nothing = 'nothing is there';
const twice = 'its name stands there twice, so that it cannot be told which is meant';

export function find(root: JsonNode, place: Place): JsonNode | string {
  let node = root;
  for (const token of place) {
    const item = itemOf(node, token);
    if (typeof item === 'string') return item;
    node = item.value;
  }
  return node;
}

/** Adds a member, or sets one that is there; inserts an item before the one at the index, `-` after the last. */
export function add(document: JsonDocument, place: Place, value: JsonNode): Wrong {
  const token = place.at(-1);
  if (token === undefined) return setRoot(document, value);
  const parent = find(document.root, place.slice(0, -1));
  if (typeof parent === 'string') return `what it would be put into: ${parent}`;
  switch (parent.kind) {
    case 'object': {
      const item = itemOf(parent, token);
      if (typeof item !== 'string') item.value = value;
      else if (item === nothing) addMember(parent, token, value);
      else return item;
      return null;
    }
    case 'array': {
      const index = token === '-' ? parent.items.length : readIndex(token, parent.items.length + 1);
      if (index === null) return `the list has ${parent.items.length} items, and no such place`;
      parent.items.splice(index, 0, { ...spacing(parent, index), value });
      return null;
    }
    default:
      return 'what it would be put into is neither object nor list';
  }
}

export function replaceAt(document: JsonDocument, place: Place, value: JsonNode): Wrong {
  const token = place.at(-1);
  if (token === undefined) return setRoot(document, value);
  const parent = find(document.root, place.slice(0, -1));
  if (typeof parent === 'string') return parent;
  const item = itemOf(parent, token);
  if (typeof item === 'string') return item;
  item.value = value;
  return null;
}

export function remove(document: JsonDocument, place: Place): Wrong {
  const token = place.at(-1);
  if (token === undefined) return 'the whole document cannot be removed';
  const parent = find(document.root, place.slice(0, -1));
  if (typeof parent === 'string') return parent;
  const item = itemOf(parent, token);
  if (typeof item === 'string') return item;
  if (parent.kind === 'object') removeFrom(parent, parent.members, parent.members.indexOf(item as JsonMember));
  if (parent.kind === 'array') removeFrom(parent, parent.items, parent.items.indexOf(item));
  return null;
}

function setRoot(document: JsonDocument, value: JsonNode): null {
  document.root = value;
  return null;
}

function itemOf(node: JsonNode, token: string): JsonItem | string {
  if (node.kind === 'object') {
    const [first, second] = node.members.filter(({ name }) => name === token);
    if (second) return twice;
    return first ?? nothing;
  }
  if (node.kind === 'array') {
    const index = readIndex(token, node.items.length);
    return (index === null ? undefined : node.items[index]) ?? nothing;
  }
  return nothing;
}

function addMember(parent: JsonObject, name: string, value: JsonNode): void {
  const colon = parent.members.at(-1)?.colon ?? ':';
  const place = spacing(parent, parent.members.length);
  parent.members.push({ ...place, nameText: JSON.stringify(name), name, colon, value });
}

/** What is put in stands as its neighbours do. */
function spacing(parent: JsonObject | JsonArray, index: number): { readonly lead: string; readonly trail: string } {
  const items: readonly JsonItem[] = parent.kind === 'object' ? parent.members : parent.items;
  // The first of a list on one line has no space before it, the others have: the second says more.
  const neighbour = index === 0 ? items[0] : (items[Math.max(1, index - 1)] ?? items[0]);
  return { lead: neighbour?.lead ?? '', trail: '' };
}

function removeFrom(parent: JsonObject | JsonArray, items: JsonItem[], index: number): void {
  const next = items[index + 1];
  const removed = items[index];
  // What follows takes the place of the first, its space before it included.
  if (index === 0 && next && removed) items[1] = { ...next, lead: removed.lead };
  items.splice(index, 1);
  if (items.length === 0) parent.tail = '';
}
