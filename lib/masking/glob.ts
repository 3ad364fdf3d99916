/**
 * Whether a name fits a pattern in which `*` stands for any run of characters, whatever the case. Never more steps than pattern times name:
 * both may be long, and the name is a stranger's.
 */
export function fitsGlob(pattern: string, name: string): boolean {
  const wanted = pattern.toLowerCase();
  const given = name.toLowerCase();
  let at = 0;
  let next = 0;
  let star = -1;
  let resume = 0;
  while (at < given.length) {
    if (wanted[next] === '*') {
      star = next;
      resume = at;
      next += 1;
    } else if (wanted[next] === given[at]) {
      at += 1;
      next += 1;
    } else if (star >= 0) {
      next = star + 1;
      resume += 1;
      at = resume;
    } else return false;
  }
  while (wanted[next] === '*') next += 1;
  return next === wanted.length;
}
