/** The names under which an entry of a header's table may be masked: `x-death.user.name` is within `x-death`, and is called `name`. */
export function everyHeaderName(path: string): readonly string[] {
  const names = path.split('.');
  const around = names.map((_, index) => names.slice(0, index + 1).join('.'));
  const within = names.map((_, index) => names.slice(index).join('.'));
  return [...new Set([...around, ...within, ...names])];
}
