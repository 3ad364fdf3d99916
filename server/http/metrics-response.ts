import { AppError } from '#lib/domain/errors.ts';
import { toProblem } from '#server/http/problems.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { failed } from '#server/log/log.ts';

/** The metrics as Prometheus reads them; 503 with a problem where they cannot be read, so that a scrape fails and is not taken for a quiet one. */
export async function metricsResponse({ metrics, log }: Pick<Runtime, 'metrics' | 'log'>): Promise<Response> {
  try {
    if (!metrics) throw new AppError('unsupported', 'This console was started without metrics.');
    const { contentType, body } = await metrics.scrape();
    return new Response(body, { headers: { 'content-type': contentType, 'cache-control': 'no-store' } });
  } catch (error) {
    log?.warn(...failed('scrape', error));
    return Response.json(
      { ...toProblem(error), status: 503 },
      { status: 503, headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' } },
    );
  }
}
