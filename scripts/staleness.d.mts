export function installIsStale(root: string): boolean;
export function sourceHash(root: string): string;
export function buildIsStale(root: string, hash?: string): boolean;
export function rememberBuild(root: string, hash: string): void;
