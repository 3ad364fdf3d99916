import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { missingEntries, readLockfile } from '#scripts/lockfile.ts';
import { runCommand } from '#scripts/run-command.ts';
import { z } from 'zod';

const root = join(import.meta.dirname, '..');
const bin = (name: string) => join(root, 'node_modules/.bin', name);

/** The parts of the house. Tools get them by name, so that none wanders off into caches and data. */
export const sourceFolders = ['app', 'components', 'lib', 'server', 'cli', 'bin', 'scripts', 'e2e', 'bench'].filter(
  (folder) => existsSync(join(root, folder)),
);

interface Part {
  name: string;
  /** Nothing when all is well, else what is wrong. */
  run: () => Promise<string | undefined>;
}

const parts: readonly Part[] = [
  { name: 'types', run: checkTypes },
  { name: 'lint', run: () => tool('oxlint', ['--type-aware', '--deny-warnings', ...sourceFolders]) },
  { name: 'import rules', run: checkImports },
  { name: 'unused code', run: () => tool('knip', ['--no-progress']) },
  { name: 'format', run: () => tool('oxfmt', ['--check', ...sourceFolders]) },
  { name: 'private names', run: checkPrivateNames },
  { name: 'lockfile', run: checkLockfile },
];

/** Runs all parts, two at a time; says one line for each and shows what failed in full. */
export async function staticCheck(say: (line: string) => void): Promise<boolean> {
  const waiting = [...parts];
  const failures: string[] = [];
  const worker = async () => {
    for (let part = waiting.shift(); part; part = waiting.shift()) {
      const begun = performance.now();
      const problem = await part.run();
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      say(`check: ${part.name.padEnd(14)} ${problem === undefined ? 'ok' : 'FAILED'} (${seconds} s)`);
      if (problem !== undefined) failures.push(`--- ${part.name} ---\n${problem.trim()}`);
    }
  };
  await Promise.all([worker(), worker()]);
  for (const failure of failures) say(failure);
  return failures.length === 0;
}

async function tool(name: string, args: readonly string[]): Promise<string | undefined> {
  // Under our own Node: some of these refuse the older one that may be on PATH.
  const result = await runCommand(process.execPath, [bin(name), ...args], { timeoutMs: 120_000 });
  return result.ok ? undefined : result.output;
}

async function checkTypes(): Promise<string | undefined> {
  // Next writes the types of style sheets and routes with its first build; a fresh clone has none.
  if (existsSync(join(root, 'app')) && !existsSync(join(root, 'next-env.d.ts'))) {
    const problem = await tool('next', ['typegen']);
    if (problem !== undefined) return problem;
  }
  return await tool('tsc', ['--noEmit']);
}

const cruiseSchema = z.object({
  modules: z.array(z.object({ source: z.string(), dependencies: z.array(z.unknown()) })),
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

/** The rules of .dependency-cruiser.cjs, and that its parser really saw the modules: unread, every rule would hold. */
async function checkImports(): Promise<string | undefined> {
  const args = [bin('depcruise'), '--config', '.dependency-cruiser.cjs', '-T', 'json', ...sourceFolders];
  const { stdout, output } = await runCommand(process.execPath, args, { timeoutMs: 120_000 });
  const start = stdout.indexOf('{');
  if (start < 0) return output;
  const { modules, summary } = cruiseSchema.parse(JSON.parse(stdout.slice(start)));

  const read = new Map(modules.map((module) => [module.source, module.dependencies.length]));
  const sources = sourceFolders.flatMap(filesIn).filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'));
  const unread = sources.filter((file) => importsSomething(file) && (read.get(file) ?? 0) === 0);
  const problems = [
    ...summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} imports ${to}`),
    ...unread.map((file) => `${file} imports something, but dependency-cruiser saw no import in it.`),
  ];
  return problems.length === 0 ? undefined : problems.join('\n');
}

function importsSomething(file: string): boolean {
  return /^import\s[^;]*?from\s+['"]/m.test(readFileSync(join(root, file), 'utf8'));
}

/**
 * Where this project is built must not show in it: no names of package registries, no paths of somebody's machine. The
 * names stand here in pieces, or this file would be the first to be found.
 */
const privateNames: readonly string[] = [
  ['registry', 'npmjs', 'org'].join('.'),
  ['repo', 'maven', 'apache', 'org'].join('.'),
  ['repo1', 'maven', 'org'].join('.'),
  ['deb', 'debian', 'org'].join('.'),
  ['pypi', 'org'].join('.'),
  ['', 'root', ''].join('/'),
  ['', 'work', ''].join('/'),
];

async function checkPrivateNames(): Promise<string | undefined> {
  const ownFolders = [...sourceFolders, 'docs', 'public', '.ci'].filter((folder) => existsSync(join(root, folder)));
  const rootFiles = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isFile());
  // npm itself writes the addresses of packages into the lockfile.
  const names = rootFiles.map((entry) => entry.name).filter((name) => !/^package-lock\.json$|tsbuildinfo$/.test(name));
  const found: string[] = [];
  for (const file of [...ownFolders.flatMap(filesIn), ...names]) {
    if (/\.(png|jpg|ico|woff2?|gz|zst)$/.test(file)) continue;
    const lines = readFileSync(join(root, file), 'utf8').split('\n');
    for (const [index, line] of lines.entries()) {
      const name = privateNames.find((candidate) => line.includes(candidate));
      // A longer path such as /home/work/ is no path of this machine.
      if (name !== undefined && !isPartOfLongerPath(line, name)) found.push(`${file}:${index + 1} mentions ${name}`);
    }
  }
  return found.length === 0 ? undefined : found.join('\n');
}

async function checkLockfile(): Promise<string | undefined> {
  const missing = Object.keys(missingEntries(readLockfile()));
  if (missing.length === 0) return undefined;
  return `package-lock.json lacks ${missing.join(', ')}; run \`node scripts/run.mjs scripts/lockfile.ts\`.`;
}

function isPartOfLongerPath(line: string, name: string): boolean {
  return name.startsWith('/') && /[\w.}-]/.test(line[line.indexOf(name) - 1] ?? '');
}

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}
