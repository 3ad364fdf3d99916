import { streamChanges } from '#server/http/live-events.ts';
import { runtime } from '#server/http/runtime.ts';

export function GET(request: Request): Response {
  return streamChanges(runtime(), request);
}
