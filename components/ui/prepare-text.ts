/** A stretch of text from a message: as it is, or a character that would be invisible or would change the text around it. */
export interface TextPart {
  readonly kind: 'plain' | 'sign';
  readonly text: string;
  /** For signs: the code point, `U+202E`. */
  readonly code?: string;
}

// C0 and C1 controls, soft hyphen, zero-width and bidirectional controls, line separators, invisible operators, byte-order mark, interlinear
// marks and tags: what Unicode calls Cc and Cf, as far as it can hide or reorder what a person reads.
const hidden =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** Makes what is hidden in a message's text visible. With `multiline`, line breaks and tabs stay what they are. */
export function visibleParts(text: string, multiline = false): readonly TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(hidden)) {
    const character = match[0];
    if (multiline && (character === '\n' || character === '\t')) continue;
    if (match.index > end) parts.push({ kind: 'plain', text: text.slice(end, match.index) });
    parts.push(sign(character));
    end = match.index + character.length;
  }
  if (end < text.length) parts.push({ kind: 'plain', text: text.slice(end) });
  return parts;
}

/** As programmers write them; fonts seldom have Unicode's pictures of controls. */
const escapes: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\u001b': '\\e',
};

function sign(character: string): TextPart {
  const point = character.codePointAt(0) ?? 0;
  const code = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
  const escape = escapes[character];
  if (escape !== undefined) return { kind: 'sign', text: escape, code };
  return { kind: 'sign', text: code, code };
}

/** A long name in pieces, between which a line may end: behind its separators, and not in the midst of a word. */
export function namePieces(name: string): readonly string[] {
  return name.split(/(?<=[._\-/:@])(?![._\-/:@])/);
}

/** Cuts between characters, never within one. */
export function bounded(text: string, charactersMax: number): { readonly text: string; readonly cut: boolean } {
  if (text.length <= charactersMax) return { text, cut: false };
  const last = text.charCodeAt(charactersMax - 1);
  const withinPair = last >= 0xd800 && last <= 0xdbff;
  return { text: text.slice(0, withinPair ? charactersMax - 1 : charactersMax), cut: true };
}
