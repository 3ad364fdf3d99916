import { AppError } from '#lib/domain/errors.ts';
import { loadConfig } from '#server/config/config.ts';

/** Where the file of `load` is. */
export const configPath = '/etc/redeliver/redeliver.yaml';

/** A configuration of these variables and, where it is given, this file. */
export function load(env: Record<string, string>, yaml?: string) {
  return loadConfig({ ...env, ...(yaml === undefined ? {} : { REDELIVER_CONFIG: configPath }) }, (asked) => {
    if (yaml === undefined || asked !== configPath) throw new Error(`ENOENT: ${asked}`);
    return yaml;
  });
}

/** Why it is refused. */
export function refusal(env: Record<string, string>, yaml?: string): AppError {
  try {
    load(env, yaml);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('The configuration should have been refused.');
}
