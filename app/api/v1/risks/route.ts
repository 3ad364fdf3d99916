import { respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';
import { readRisks } from '#server/queries/risks.ts';

export function GET(): Promise<Response> {
  return respond(() => readRisks(runtime()));
}
