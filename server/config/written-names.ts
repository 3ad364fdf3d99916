import { didYouMean } from '#lib/words/did-you-mean.ts';

/*
 * Parts of the file name one another. They are looked up among the names as they are written: an entry with a mistake in it is there all the same, and
 * where a name cannot be read, nobody knows that another one is wrong.
 */

type Path = readonly PropertyKey[];

export interface WrittenFile {
  /** As it was parsed, and not validated. */
  readonly content: unknown;
  /** Whether what stands there is not known, because a variable in it is not set. */
  isUnset(path: Path): boolean;
  /** Names of connections that the environment speaks of. */
  readonly connections: readonly string[];
}

/** Names that two have, and names of which there is none. */
export function checkNames(file: WrittenFile, refuse: (path: Path, message: string) => void): void {
  const connections = namesIn(file, ['connections']);
  const receivers = namesIn(file, ['alerts', 'receivers']);
  const rules = namesIn(file, ['alerts', 'rules']);
  const unique = ({ list, names }: Names, what: string) => {
    for (const [index, name] of names.entries())
      if (name !== null && names.indexOf(name) !== index)
        refuse([...list, index, 'name'], `is the name of another ${what} too: give each its own`);
  };
  unique(connections, 'connection');
  unique(receivers, 'receiver');
  unique(rules, 'rule');

  for (const index of rules.names.keys()) {
    const path = ['alerts', 'rules', index, 'receivers'];
    for (const [at, name] of listAt(file.content, path).entries())
      checkName(file, [...path, at], name, receivers, 'receiver', refuse);
  }
  const known = { ...connections, names: [...connections.names, ...file.connections] };
  const path = ['lag', 'connections'];
  for (const name of keysAt(file.content, path)) checkName(file, [...path, name], name, known, 'connection', refuse);
}

interface Names {
  readonly list: Path;
  /** By their places; `null` where it cannot be read. */
  readonly names: readonly (string | null)[];
  /** Whether there may be others than those. */
  readonly isOpen: boolean;
}

function namesIn({ content, isUnset }: WrittenFile, list: Path): Names {
  const written = valueAt(content, list);
  const names = listAt(content, list).map((entry, index) => {
    const name = valueAt(entry, ['name']);
    return typeof name === 'string' && !isUnset([...list, index, 'name']) ? name : null;
  });
  return { list, names, isOpen: (written !== undefined && !Array.isArray(written)) || names.includes(null) };
}

function checkName(
  { isUnset }: WrittenFile,
  path: Path,
  name: unknown,
  { names, isOpen }: Names,
  what: string,
  refuse: (path: Path, message: string) => void,
): void {
  if (typeof name !== 'string' || name === '' || isOpen || isUnset(path) || names.includes(name)) return;
  const there = names.filter((each) => each !== null);
  const list = there.length === 0 ? 'there are none' : `there are ${there.join(', ')}`;
  refuse(path, `is no ${what}: ${list}.${didYouMean(name, there)}`);
}

function valueAt(content: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined,
    content,
  );
}

function listAt(content: unknown, path: Path): readonly unknown[] {
  const value = valueAt(content, path);
  return Array.isArray(value) ? value : [];
}

function keysAt(content: unknown, path: Path): readonly string[] {
  const value = valueAt(content, path);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}
