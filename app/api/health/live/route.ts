import { readLiveness } from '#server/http/health.ts';
import { runtime } from '#server/http/runtime.ts';

export function GET(): Response {
  return readLiveness(runtime());
}
