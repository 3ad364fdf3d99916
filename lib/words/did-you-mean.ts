const distanceMax = 2;
/** Of what was written: nobody waits for the comparison of a page of text. */
const comparedMax = 40;

/** The name that was probably meant, upper and lower case alike; `null` where none is near. */
export function nearestName<Name extends string>(written: string, names: Iterable<Name>): Name | null {
  const wanted = written.toLowerCase().slice(0, comparedMax);
  let best: { readonly name: Name; readonly begins: boolean; readonly distance: number } | null = null;
  for (const name of names) {
    const known = name.toLowerCase();
    const begins = (wanted.length > 1 && known.startsWith(wanted)) || (known.length > 1 && wanted.startsWith(known));
    const distance = editDistance(wanted, known);
    // Of a word of four letters two are another word.
    if (!begins && (distance > distanceMax || 2 * distance >= wanted.length)) continue;
    const isBetter = best === null || (begins === best.begins ? distance < best.distance : begins);
    if (isBetter) best = { name, begins, distance };
  }
  return best?.name ?? null;
}

/** ` Did you mean depth-above?`, to stand behind a sentence; empty where nothing is near, or no text was written. */
export function didYouMean(written: unknown, names: Iterable<string>): string {
  const near = typeof written === 'string' ? nearestName(written, names) : null;
  return near === null ? '' : ` Did you mean ${near}?`;
}

/** Letters to put in, take out or replace; two that changed places count once. */
function editDistance(a: string, b: string): number {
  let before: readonly number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [line, letter] of a.split('').entries()) {
    const next = [line + 1];
    for (const [column, other] of b.split('').entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      const swapped = letter === b[column - 1] && other === a[line - 1] ? (before[column - 1] ?? 0) + 1 : replaced;
      next.push(Math.min(replaced, swapped, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    [before, row] = [row, next];
  }
  return row.at(-1) ?? 0;
}
