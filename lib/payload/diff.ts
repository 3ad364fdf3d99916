import { diffArrays } from 'diff';

export interface DiffLine {
  /** `gap` stands for lines that are the same in both and are left out; its text says how many. */
  readonly kind: 'same' | 'added' | 'removed' | 'gap';
  readonly text: string;
}

export interface TextDiff {
  readonly lines: readonly DiffLine[];
  readonly added: number;
  readonly removed: number;
  /** More lines differ than are shown, or than could be compared one by one. */
  readonly cut: boolean;
}

/** Beyond that many differences two texts have little in common, and finding the fewest would take long. */
const differencesMax = 1_000;
const timeMsMax = 500;
const linesMax = 2_000;
const lineCharactersMax = 1_000;
/** Unchanged lines around a change. */
const contextLines = 3;

/** What became of `before` in `after`, line by line and to the letter. Bounded: texts that have little in common are the one and then the other. */
export function diffTexts(before: string, after: string): TextDiff {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  const found = diffArrays(old, fresh, { maxEditLength: differencesMax, timeout: timeMsMax });
  const changes = (found ?? coarse(old, fresh)).flatMap((part) =>
    part.value.map((text): DiffLine => ({ kind: part.added ? 'added' : part.removed ? 'removed' : 'same', text })),
  );
  const shown = withGaps(changes);
  const count = (kind: DiffLine['kind']) => changes.filter((line) => line.kind === kind).length;
  return {
    lines: shown.slice(0, linesMax).map(({ kind, text }) => ({ kind, text: shortened(text) })),
    added: count('added'),
    removed: count('removed'),
    cut: found === undefined || shown.length > linesMax,
  };
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.split('\n');
}

/** The same beginning and the same end are told apart; what is between is all different. */
function coarse(old: readonly string[], fresh: readonly string[]) {
  const most = Math.min(old.length, fresh.length);
  let start = 0;
  while (start < most && old[start] === fresh[start]) start += 1;
  let end = 0;
  while (end < most - start && old.at(-1 - end) === fresh.at(-1 - end)) end += 1;
  const part = (value: readonly string[], added: boolean, removed: boolean) => ({ value, added, removed });
  return [
    part(old.slice(0, start), false, false),
    part(old.slice(start, old.length - end), false, true),
    part(fresh.slice(start, fresh.length - end), true, false),
    part(old.slice(old.length - end), false, false),
  ];
}

function withGaps(lines: readonly DiffLine[]): readonly DiffLine[] {
  const near = new Uint8Array(lines.length);
  for (const [index, line] of lines.entries()) {
    if (line.kind !== 'same') near.fill(1, Math.max(0, index - contextLines), index + contextLines + 1);
  }
  const shown: DiffLine[] = [];
  let left = 0;
  const close = () => {
    if (left > 0) shown.push({ kind: 'gap', text: left === 1 ? '1 line is the same' : `${left} lines are the same` });
    left = 0;
  };
  for (const [index, line] of lines.entries()) {
    if (near[index] !== 1) {
      left += 1;
      continue;
    }
    close();
    shown.push(line);
  }
  close();
  return shown;
}

function shortened(text: string): string {
  return text.length > lineCharactersMax ? `${text.slice(0, lineCharactersMax)}…` : text;
}
