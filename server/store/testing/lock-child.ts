import { lockFolder } from '#server/store/sqlite/lock-folder.ts';

/** `node lock-child.ts <folder>`: holds the folder until it is killed. */
lockFolder(process.argv[2] ?? '');
console.log('held');
setInterval(() => undefined, 60_000);
