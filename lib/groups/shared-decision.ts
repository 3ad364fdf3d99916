import type { GroupDecision, GroupTriage } from '#lib/domain/error-group.ts';

type Decided = Pick<GroupTriage, 'decision' | 'owner'>;

/** What people decided alike about every part of a group, which then holds for the group when its parts are joined; absent where they did not. */
export function sharedDecision(parts: readonly Decided[]): Partial<Decided> {
  const [first, ...others] = parts;
  if (!first) return {};
  const decision = others.reduce<GroupDecision | null>(
    (shared, part) => shared && both(shared, part.decision),
    first.decision,
  );
  return {
    ...(decision && { decision }),
    ...(others.every((part) => part.owner === first.owner) && { owner: first.owner }),
  };
}

/** The earlier instant: what came since is looked at once more rather than never. */
function both(a: GroupDecision, b: GroupDecision): GroupDecision | null {
  if (a.kind === 'open' && b.kind === 'open') return a;
  if (a.kind === 'resolved' && b.kind === 'resolved') return { kind: 'resolved', at: Math.min(a.at, b.at) };
  if (a.kind !== 'ignored' || b.kind !== 'ignored') return null;
  const untils = [a.until, b.until].filter((until) => until !== null);
  return { kind: 'ignored', until: untils.length === 0 ? null : Math.min(...untils) };
}
