import { STATUS_CODES } from 'node:http';
import { retryAfterMs, type SendOutcome } from '#lib/alerts/retry.ts';
import type { Outgoing } from '#server/watch/alerts/render.ts';

export interface Sent {
  readonly outcome: SendOutcome;
  /** For people, in short and without secrets: `202 Accepted`, `no answer within 10 seconds`. */
  readonly said: string;
}

const timeoutMs = 10_000;
/** An answer is read so far, and shown so far. */
const answerBytesMax = 4_096;
const answerShownMax = 200;

/**
 * Sends once. It follows no redirect, because where that leads is not what the operator named. Throws only when the signal is aborted: then nobody knows
 * whether it arrived.
 *
 * @param secrets are taken out of what the receiver says, in this order
 */
export async function send(
  { url, headers, body }: Outgoing,
  secrets: readonly string[],
  signal: AbortSignal,
): Promise<Sent> {
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, limit]),
    });
    const { status } = response;
    // What it says beside its status is not worth another attempt.
    const answer = shortened(withoutSecrets(await readAnswer(response).catch(() => ''), secrets));
    const retryAfter = retryAfterMs(response.headers.get('retry-after'), Date.now());
    return {
      outcome: { kind: 'answered', status, retryAfterMs: retryAfter },
      said: saidOf(response, answer),
    };
  } catch (error) {
    if (signal.aborted) throw error;
    const said = limit.aborted ? `no answer within ${timeoutMs / 1_000} seconds` : `no answer${reasonOf(error)}`;
    return { outcome: { kind: 'unanswered' }, said };
  }
}

/** A receiver's own words for its status might be anything. */
function saidOf({ status }: Response, answer: string): string {
  const head = `${status} ${STATUS_CODES[status] ?? ''}`.trim();
  if (status >= 300 && status < 400) return `${head}: a redirect, which is not followed; name the address itself`;
  return answer === '' ? head : `${head}: ${answer}`;
}

async function readAnswer(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    chunks.push(read.value);
    bytes += read.value.length;
    if (bytes < answerBytesMax) continue;
    await reader?.cancel().catch(() => undefined);
    break;
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, answerBytesMax));
}

/** One line without anything that cannot be seen. */
function shortened(text: string): string {
  const line = text.replace(/[\p{C}\s]+/gu, ' ').trim();
  return line.length > answerShownMax ? `${line.slice(0, answerShownMax)}…` : line;
}

/** A receiver may quote what it was sent; so this comes before anything is cut. */
function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((clean, secret) => clean.replaceAll(secret, '[secret]'), text);
}

/** The system's code; its message would name the address. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : null;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  return /^[A-Z0-9_]{3,60}$/.test(code) ? `: ${code}` : '';
}
