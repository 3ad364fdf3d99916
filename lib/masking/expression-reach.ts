/**
 * Whether what an expression fits may have one of these signs in it. It is read as plainly as possible: what is not known to be without them may
 * have them.
 */
export function mayFit(expression: string, signs: string): boolean {
  part.lastIndex = 0;
  while (part.lastIndex < expression.length) {
    const found = part.exec(expression);
    if (!found) return true;
    const sign = found[1] ?? found[2];
    if (sign !== undefined && signs.includes(sign)) return true;
  }
  return false;
}

/** What is no sign (groups, repetitions, places), classes of letters, digits and a few signs, an escaped sign, and one that stands for itself. */
const part = new RegExp(
  [
    String.raw`\(\?(?:[imsU-]*[:)]|P?<\w+>)`,
    String.raw`\{\d+(?:,\d*)?\}`,
    String.raw`[()|*?+^$]`,
    String.raw`\\[dwbBAz]`,
    String.raw`\[(?:a-z|A-Z|0-9|a-f|A-F|\\d|\\w|\\?[.+_/@#%=]|[A-Za-z0-9](?!-)|\\?-(?=\]))+\]`,
    String.raw`\\([^A-Za-z0-9])`,
    String.raw`([^\\.[])`,
  ].join('|'),
  'yu',
);
