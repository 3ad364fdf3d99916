import { section, text } from '#server/config/fields.ts';

/*
 * `links: { trace: 'https://tracing.internal/trace/{traceId}' }`
 */

const example = 'https://tracing.internal/trace/{traceId}';

/** Where other tools show what a message is about. */
export const linksSection = section({
  trace: text(`an address with {traceId} in it, such as ${example}`)
    .refine(isAddress, { error: `must be an http or https address such as ${example}` })
    .refine(namesTrace, { error: `must hold {traceId} behind the host, as ${example} does` })
    .exactOptional(),
});

function isAddress(template: string): boolean {
  return /^https?:\/\/[^/]/i.test(template) && URL.canParse(template);
}

/** What a message says must not choose the host. */
function namesTrace(template: string): boolean {
  if (!URL.canParse(template)) return true;
  const { origin, username, password } = new URL(template.replaceAll('{traceId}', 'trace-id-of-a-message'));
  return template.includes('{traceId}') && !`${origin}${username}${password}`.includes('trace-id-of-a-message');
}
