/** Deeper levels are not indented further: ten thousand levels would be a hundred megabytes of spaces. */
const indentedLevelsMax = 40;

/**
 * JSON text (or its beginning) with line breaks and two spaces a level. Every token stays to the letter: only white space outside of
 * strings changes, so no number loses a digit and no repeated name its value. It never builds more than about `charactersMax`
 * characters and does not recurse; `cut` says that the text went on.
 */
export function indentJson(text: string, charactersMax: number): { readonly text: string; readonly cut: boolean } {
  const out: string[] = [];
  let length = 0;
  let depth = 0;
  let at = 0;
  const emit = (part: string) => {
    const room = part.length > charactersMax - length ? part.slice(0, charactersMax - length) : part;
    out.push(room);
    length += part.length;
  };
  const breakLine = () => emit(`\n${'  '.repeat(Math.min(Math.max(depth, 0), indentedLevelsMax))}`);
  while (length < charactersMax) {
    at = skipSpace(text, at);
    const character = text[at];
    if (character === undefined) break;
    if (character === '{' || character === '[') {
      const next = skipSpace(text, at + 1);
      if (text[next] === (character === '{' ? '}' : ']')) {
        emit(character + (text[next] ?? ''));
        at = next + 1;
        continue;
      }
      emit(character);
      depth += 1;
      breakLine();
      at += 1;
    } else if (character === '}' || character === ']') {
      depth -= 1;
      breakLine();
      emit(character);
      at += 1;
    } else if (character === ',') {
      emit(',');
      breakLine();
      at += 1;
    } else if (character === ':') {
      emit(': ');
      at += 1;
    } else {
      const end = character === '"' ? endOfString(text, at) : endOfWord(text, at);
      emit(text.slice(at, end));
      at = end;
    }
  }
  return { text: out.join(''), cut: length > charactersMax || skipSpace(text, at) < text.length };
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length) {
    const character = text[at];
    if (character === '"') return at + 1;
    at += character === '\\' ? 2 : 1;
  }
  return text.length;
}

function endOfWord(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && !'{}[],:"'.includes(text[at] ?? '') && !isSpace(text.charCodeAt(at))) at += 1;
  return at;
}
