import { metricsResponse } from '#server/http/metrics-response.ts';
import { runtime } from '#server/http/runtime.ts';

export async function GET(): Promise<Response> {
  return metricsResponse(runtime());
}
