/**
 * Remembers the answers of a pure function, which is never `undefined`, for texts that come again, as frames and messages do. Bounded: two generations of so many texts, each
 * of at most so many characters; what was not asked for during a whole generation is forgotten.
 */
export function memoise<Answer>(
  compute: (text: string) => Answer,
  { entries, longest }: { entries: number; longest: number },
): (text: string) => Answer {
  let young = new Map<string, Answer>();
  let old = new Map<string, Answer>();
  return (text) => {
    if (text.length > longest) return compute(text);
    const known = young.get(text);
    if (known !== undefined) return known;
    const key = apart(text);
    const answer = old.get(key) ?? compute(key);
    if (young.size >= entries) {
      old = young;
      young = new Map();
    }
    young.set(key, answer);
    return answer;
  };
}

/** A copy. A part of a long text would keep the whole of it in memory for as long as the part is remembered. */
function apart(text: string): string {
  const copy: unknown = JSON.parse(JSON.stringify(text));
  return typeof copy === 'string' ? copy : text;
}
