import { respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';
import { readSettings } from '#server/queries/settings.ts';

export async function GET(): Promise<Response> {
  return respond(() => readSettings(runtime()));
}
