import { respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';

export function GET(): Promise<Response> {
  return respond(async () => ({ sandbox: runtime().sandbox?.state() ?? null }));
}
