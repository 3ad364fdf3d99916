import { AppError } from '#lib/domain/errors.ts';

/** The part of a request that decides whether it may pass, before anything else looks at it. */
export interface GuardedRequest {
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly url: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** The browser's own word for where a request comes from. */
  readonly fetchSite: string | undefined;
  readonly contentType: string | undefined;
  readonly contentLength: string | undefined;
}

export interface GuardSettings {
  /** Host names besides loopback that the console answers to. */
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
}

const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Throws `cross_site` for what another site's page could send: a name that was rebound to this address, and every state-changing request that does not
 * come from the console itself or from a script without a browser. A script needs nothing but a JSON content type. What scripts read under `/admin/`
 * has the queue scanned first, so for another site's page, its links included, that counts as a change.
 */
export function guard(request: GuardedRequest, settings: GuardSettings): void {
  const hostName = nameOf(request.host);
  if (hostName === null || !(loopbackHosts.has(hostName) || settings.allowedHosts.includes(hostName))) {
    throw new AppError(
      'cross_site',
      `This console does not answer to the name "${(hostName ?? '').slice(0, 200)}". Add it to server.allowedHosts if it is yours.`,
    );
  }
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (isRead && !isForScripts(request.url)) return;

  const sameOrigin =
    request.origin === undefined ||
    isSameHost(request.origin, request.host) ||
    settings.allowedOrigins.includes(request.origin);
  const sameSite =
    request.fetchSite === undefined ||
    request.fetchSite === 'same-origin' ||
    // Typed into the address bar.
    (isRead && request.fetchSite === 'none') ||
    (request.origin !== undefined && settings.allowedOrigins.includes(request.origin));
  if (!sameOrigin || !sameSite)
    throw new AppError('cross_site', 'A page of another site asked for this. Nothing was done.');
  if (isRead) return;
  const hasBody = request.contentLength !== undefined && request.contentLength !== '0';
  if (hasBody && !/^application\/json\b/i.test(request.contentType ?? '')) {
    throw new AppError('invalid_request', 'Send the body as JSON, with content-type application/json.');
  }
}

function isForScripts(url: string): boolean {
  try {
    return /^[/\\]+admin(?:[/\\?]|$)/i.test(decodeURIComponent(url));
  } catch {
    return /admin/i.test(url);
  }
}

function nameOf(host: string | undefined): string | null {
  if (host === undefined) return null;
  const match = /^(\[[\da-f:.]+\]|[^:/@\s]+)(?::\d+)?$/i.exec(host);
  return match?.[1]?.toLowerCase() ?? null;
}

function isSameHost(origin: string, host: string | undefined): boolean {
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}
