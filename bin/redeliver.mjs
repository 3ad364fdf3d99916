#!/usr/bin/env node
/** `npx redeliver …`: the command line, under the Node that the project needs. */
import { fileURLToPath } from 'node:url';

process.argv.splice(2, 0, fileURLToPath(new URL('../cli/main.ts', import.meta.url)));
await import('../scripts/run.mjs');
