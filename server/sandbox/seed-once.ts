import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Runs the seeding unless this broker's data hold it already. The note lies in the folder of the broker's data: who deletes the folder
 * deletes both. A seeding that was interrupted is done again; the shop then has a few dead letters more.
 */
export async function seedOnce(folder: string, seed: () => Promise<number>): Promise<void> {
  const note = join(folder, 'seeded.json');
  if (existsSync(note)) return;
  const deadLetters = await seed();
  await mkdir(folder, { recursive: true });
  await writeFile(note, `${JSON.stringify({ deadLetters })}\n`);
}
