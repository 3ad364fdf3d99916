import { readReadiness } from '#server/http/health.ts';
import { runtime } from '#server/http/runtime.ts';

export async function GET(): Promise<Response> {
  return readReadiness(runtime());
}
