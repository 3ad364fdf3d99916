import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import { writeUntilKilled } from '#server/store/testing/durability-child.ts';

/** `node sqlite-child.ts <folder> <run>` */
const [, , folder = '', run = ''] = process.argv;
await writeUntilKilled(openSqliteStore({ folder, role: 'writer' }), run);
