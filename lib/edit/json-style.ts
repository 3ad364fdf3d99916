import { indentJson } from '#lib/payload/indent-json.ts';
import { parseJson, printNode, type JsonItem, type JsonNode } from '#lib/edit/json-tree.ts';

/** How a document on one line is spaced. */
export interface OneLine {
  readonly afterComma: '' | ' ';
  readonly afterColon: '' | ' ';
}

/** A document as a person edits it. `style` is `null` where it has lines of its own: then it is edited, and sent, as it stands. */
export interface EditableJson {
  readonly text: string;
  readonly style: OneLine | null;
}

/** Nobody edits a document that is all on one line: it is shown in many, and `restyled` puts it back onto one. */
export function editableJson(text: string): EditableJson {
  if (/[\r\n]/.test(text)) return { text, style: null };
  const style = { afterComma: spaceAfter(text, ','), afterColon: spaceAfter(text, ':') } as const;
  const lined = indentJson(text, Number.POSITIVE_INFINITY).text;
  // What would not come back as it was is edited as it is.
  return restyled(lined, style) === text ? { text: lined, style } : { text, style: null };
}

/** The edited text in the style of the original; a text that is no JSON stays as it is. */
export function restyled(text: string, style: OneLine | null): string {
  if (style === null) return text;
  try {
    return printNode(onOneLine(parseJson(text).root, style));
  } catch {
    return text;
  }
}

/** As most of them have it: strings may hold the sign as well. */
function spaceAfter(text: string, sign: ',' | ':'): '' | ' ' {
  const bare = text.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const at = bare.indexOf(sign);
  return at >= 0 && bare[at + 1] === ' ' ? ' ' : '';
}

function onOneLine(node: JsonNode, style: OneLine): JsonNode {
  const spaced = <Item extends JsonItem>(item: Item, index: number): Item => ({
    ...item,
    lead: index === 0 ? '' : style.afterComma,
    trail: '',
    value: onOneLine(item.value, style),
  });
  switch (node.kind) {
    case 'object':
      return {
        ...node,
        tail: '',
        members: node.members.map((member, index) => ({ ...spaced(member, index), colon: `:${style.afterColon}` })),
      };
    case 'array':
      return { ...node, tail: '', items: node.items.map(spaced) };
    default:
      return node;
  }
}
