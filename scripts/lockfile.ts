/**
 * A package with binaries names one optional package for each system, and npm writes only those into the lockfile that
 * its registry had when the lockfile was made. `npm ci` then refuses to work on all systems, this one included. So the
 * entries that are missing are added here, with the exact version that their parent asks for; npm finds out the rest
 * where it installs them.
 *
 *     node scripts/run.mjs scripts/lockfile.ts     after every change of dependencies
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const file = join(import.meta.dirname, '../package-lock.json');
const entrySchema = z.looseObject({
  dev: z.boolean().optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});
const lockSchema = z.looseObject({ packages: z.record(z.string(), entrySchema) });
type Lockfile = z.infer<typeof lockSchema>;
type Entry = z.infer<typeof entrySchema>;

const systems = ['darwin', 'win32', 'linux', 'freebsd', 'openbsd', 'netbsd', 'android', 'openharmony', 'sunos', 'aix'];
// The longer names first: `arm64` contains `arm`.
const processors = ['arm64', 'arm', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'wasm32', 'loong64', 'mips64el'];

/**
 * The optional packages that the lockfile's packages name and that it does not hold, as the entries that it should
 * have.
 */
export function missingEntries({ packages }: Lockfile): Record<string, Entry> {
  const missing: Record<string, Entry> = {};
  for (const [path, parent] of Object.entries(packages)) {
    for (const [name, range] of Object.entries(parent.optionalDependencies ?? {})) {
      if (placesFor(name, path).some((place) => packages[place] !== undefined)) continue;
      const system = systems.find((candidate) => name.includes(candidate));
      const processor = processors.find((candidate) => name.includes(candidate));
      missing[`node_modules/${name}`] = {
        version: range.replace(/^[~^]/, ''),
        ...(processor !== undefined && { cpu: [processor] }),
        ...(parent.dev === true && { dev: true }),
        optional: true,
        ...(system !== undefined && { os: [system] }),
      };
    }
  }
  return missing;
}

/** Where Node would look for the package on behalf of the one at the path, the nearest place first. */
function placesFor(name: string, path: string): string[] {
  const parts = path.split('/node_modules/');
  const inside =
    path === '' ? [] : parts.map((_, index) => parts.slice(0, parts.length - index).join('/node_modules/'));
  return [...inside.map((folder) => `${folder}/node_modules/${name}`), `node_modules/${name}`];
}

export function readLockfile(): Lockfile {
  return lockSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

if (import.meta.main) {
  const missing = missingEntries(readLockfile());
  // From the text once more: the schema moves the fields that it knows to the front, and npm would move them back.
  const raw = z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(file, 'utf8')));
  const packages = { ...z.record(z.string(), z.unknown()).parse(raw['packages']), ...missing };
  const sorted = Object.entries(packages).toSorted(([a], [b]) => a.localeCompare(b, 'en'));
  writeFileSync(file, `${JSON.stringify({ ...raw, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
  process.stdout.write(`${Object.keys(missing).length} entries added\n`);
}
