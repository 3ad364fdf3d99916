import type { RouteTemplate } from '#server/http/route-template.ts';
import type { Log } from '#server/log/log.ts';
import type { AnsweredRequest, WebListener } from '#server/web.ts';

/** A request as it is counted: every label is of a bounded set. */
export interface MeteredRequest {
  readonly method: string;
  readonly route: string;
  /** `2xx` */
  readonly status: string;
  readonly seconds: number;
}

export interface RequestMeter extends WebListener {
  answered(request: AnsweredRequest): void;
  /** Who counts them; before somebody does, they are counted nowhere. */
  count(listener: (request: MeteredRequest) => void): void;
}

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Where every request that is over is counted and, at level debug, logged: by the template of its address, because names and filters tell of messages. */
export function createRequestMeter(routeOf: RouteTemplate, log: Log): RequestMeter {
  let listener: (request: MeteredRequest) => void = () => undefined;
  return {
    answered({ method: asked, url, status, seconds, isStream }) {
      const method = methods.has(asked) ? asked : 'other';
      const route = routeOf(url);
      log.debug('answered', { method, route, status, durationMs: Math.round(seconds * 1000) });
      // How long a page was looked at is no measure of how long it waited.
      if (!isStream) listener({ method, route, status: `${Math.floor(status / 100)}xx`, seconds });
    },
    count(next) {
      listener = next;
    },
  };
}
