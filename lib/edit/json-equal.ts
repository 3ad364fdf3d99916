import { canonicalDecimal } from '#lib/filter/decimal.ts';
import { textOfString, type JsonMember, type JsonNode, type JsonObject } from '#lib/edit/json-tree.ts';

/** As RFC 6902 compares for `test`: numbers by value and to the last digit, strings by their characters, objects whatever the order of their members. */
export function isEqualJson(a: JsonNode, b: JsonNode): boolean {
  if (a.kind === 'object' && b.kind === 'object') return isEqualObject(a, b);
  if (a.kind === 'array' && b.kind === 'array') {
    return (
      a.items.length === b.items.length &&
      a.items.every(({ value }, index) => {
        const other = b.items[index];
        return other !== undefined && isEqualJson(value, other.value);
      })
    );
  }
  if (a.kind !== b.kind || !('text' in a) || !('text' in b)) return false;
  if (a.text === b.text) return true;
  if (a.kind === 'number') return canonicalDecimal(a.text) === canonicalDecimal(b.text);
  return a.kind === 'string' && textOfString(a.text) === textOfString(b.text);
}

/** Of members with one name the last counts, as for everyone who reads JSON. */
function isEqualObject(a: JsonObject, b: JsonObject): boolean {
  const [mine, theirs] = [byName(a), byName(b)];
  if (mine.size !== theirs.size) return false;
  for (const [name, { value }] of mine) {
    const other = theirs.get(name);
    if (!other || !isEqualJson(value, other.value)) return false;
  }
  return true;
}

function byName({ members }: JsonObject): ReadonlyMap<string, JsonMember> {
  return new Map(members.map((member) => [member.name, member]));
}
