import type { ConventionChain } from '#lib/conventions/chain.ts';
import { isReplayHeader } from '#lib/conventions/replay-headers.ts';
import type { BrokerKind } from '#lib/domain/message.ts';
import { headerGroup } from '#lib/payload/show-header.ts';
import { isBrokerHeader } from '#lib/replay/outgoing.ts';

/** `locked`: not the sender's to write. `sensitive`: somebody acts on it. `free`: the message's own. */
export interface HeaderClass {
  readonly kind: 'locked' | 'sensitive' | 'free';
  /** For people; `null` for free ones. */
  readonly why: string | null;
}

const free: HeaderClass = { kind: 'free', why: null };

/** How freely a header may be edited, by its name. */
export function headerClass(name: string, kind: BrokerKind, conventions?: ConventionChain): HeaderClass {
  if (isReplayHeader(name)) return locked('the replay writes it itself');
  if (isBrokerHeader(name, kind)) return locked('the broker writes it, and trusts it when it sees it again');
  if (kind === 'sqs' && /^(?:aws|amazon)\./i.test(name))
    return locked('AWS keeps names that begin like this for itself');
  if (/^__(?:key|value)_schema_id$/.test(name)) return sensitive('it says by which schema the message is read');
  if (/^content-(?:type|encoding)$/i.test(name)) return sensitive('it says how the body is read');
  if (/^(?:__.*TypeId__|spring_json_header_types)$/.test(name))
    return sensitive('it says which class the body is read into');
  switch (headerGroup(name, conventions)) {
    case 'routing':
      return sensitive('it says where it goes, or how it is read');
    case 'trace':
      return sensitive('it ties the message to its trace');
    case 'failure':
      return sensitive('it tells of the failure');
    default:
      return free;
  }
}

function locked(why: string): HeaderClass {
  return { kind: 'locked', why };
}

function sensitive(why: string): HeaderClass {
  return { kind: 'sensitive', why };
}
