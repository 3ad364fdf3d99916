import type { z } from 'zod';
import type { redirectBody, RedirectRuleRow, redirectsResponse } from '#lib/api/redirects.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { RedirectRule } from '#lib/replay/destination.ts';
import { maskDestination } from '#lib/masking/mask-message.ts';
import type { Caller } from '#server/http/caller.ts';
import { audited } from '#server/http/replay-actions.ts';
import type { Runtime } from '#server/http/runtime.ts';

/** In the order in which they are tried. */
export async function readRedirects({ store, masking }: Runtime): Promise<z.input<typeof redirectsResponse>> {
  const rules = await store.ledger.listRedirects();
  return { redirects: rules.map((rule) => toRow(rule, masking)) };
}

/** A rule under a name, for everyone: the plans that are made from now on apply it. */
export async function saveRedirect(
  runtime: Runtime,
  body: z.output<typeof redirectBody>,
  caller: Caller,
): Promise<RedirectRuleRow> {
  const { store, clock, masking } = runtime;
  return audited(runtime, caller, 'redirect.save', body.name, async () => {
    const connection = (await store.index.listConnections()).find(({ name }) => name === body.connection);
    if (!connection)
      throw new AppError(
        'invalid_request',
        `There is no connection called ${body.connection}. Name one that the console knows.`,
        { details: { field: 'connection' } },
      );
    if (connection.kind !== body.destination.kind)
      throw new AppError(
        'invalid_request',
        `Connection ${connection.name} is ${connection.kind}, and the destination is one of ${body.destination.kind}. A rule sends within one connection.`,
        { details: { field: 'destination' } },
      );
    const rule = { ...body, createdAt: clock.now(), createdBy: caller.actor };
    return toRow(await store.ledger.saveRedirect(rule), masking);
  });
}

/** Answers what is left. */
export async function deleteRedirect(
  runtime: Runtime,
  id: string,
  caller: Caller,
): Promise<z.input<typeof redirectsResponse>> {
  await audited(runtime, caller, 'redirect.delete', id, () => runtime.store.ledger.deleteRedirect(id));
  return readRedirects(runtime);
}

/** Somebody may have named a place by what its messages say. */
function toRow(rule: RedirectRule, masking: Runtime['masking']): RedirectRuleRow {
  if (!masking) return rule;
  const [name, pattern] = [masking.text(rule.name), masking.text(rule.pattern)];
  return { ...rule, name, pattern, destination: maskDestination(rule.destination, masking) };
}
