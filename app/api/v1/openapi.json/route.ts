import { openApi } from '#lib/api/openapi.ts';
import { respond } from '#server/http/respond.ts';

export function GET(): Promise<Response> {
  return respond(async () => openApi());
}
