import { sql } from 'kysely';
import type { Filter } from '#lib/filter/filter.ts';
import { matchesQueue } from '#lib/filter/queue-pattern.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { matchesConnection, type QueueRef } from '#server/store/sqlite/index/lower.ts';
import { askHeader, askPayload } from '#server/store/sqlite/index/content-slices.ts';
import {
  contentProbe,
  type Probe,
  probeSignatures,
  sieveBySignatures,
  textProbe,
  valueProbe,
} from '#server/store/sqlite/index/signatures.ts';
import type { ValueTag } from '#server/store/sqlite/index/signature-bits.ts';
import type { IndexSchema } from '#server/store/sqlite/schema.ts';

const build = queryBuilder<IndexSchema>();

/** Up to here it is cheaper to look at each message that an index names than to walk the messages in order of time. */
const candidatesMax = 20_000;

/**
 * Numbers of messages among which are all that the filter can match, where the signatures tell a small set; `null` where they do not:
 * then a match is common, and a walk in order of time meets it soon.
 */
export function findCandidates(db: Database, filter: Filter, queues: readonly QueueRef[]): readonly number[] | null {
  const probe = contentProbeOf(db, filter, queues);
  return probe.kind === 'any' ? null : probeSignatures(db, probe, candidatesMax);
}

/** Where candidates are too many to be listed: whether a message is one. `null` where the signatures say nothing. */
export function sieveOf(db: Database, filter: Filter, queues: readonly QueueRef[]): ((id: number) => boolean) | null {
  const probe = contentProbeOf(db, filter, queues);
  return probe.kind === 'any' ? null : sieveBySignatures(db, probe);
}

/** What is only about queues, states, groups, numbers and times is answered by walks alone. */
function contentProbeOf(db: Database, filter: Filter, queues: readonly QueueRef[]): Probe {
  return asksForContent(filter) ? probeOf(db, filter, queues) : any;
}

function asksForContent(filter: Filter): boolean {
  switch (filter.kind) {
    case 'contains':
    case 'like':
    case 'header':
    case 'payload':
      return true;
    case 'equals':
      return filter.field !== 'connection' && filter.field !== 'queue';
    case 'matches':
      return filter.field !== 'connection';
    case 'and':
    case 'or':
      return filter.terms.some(asksForContent);
    case 'all':
    case 'not':
    case 'queue':
    case 'state':
    case 'group':
    case 'number':
    case 'time':
      return false;
  }
}

const any: Probe = { kind: 'any' };

function probeOf(db: Database, filter: Filter, queues: readonly QueueRef[]): Probe {
  switch (filter.kind) {
    case 'contains':
      return filter.field === 'origin' ? any : textProbe(filter.value);
    case 'like':
      return filter.field === 'origin' ? any : all(filter.parts.map(textProbe));
    case 'equals':
      switch (filter.field) {
        case 'connection':
          return queuesProbe(queues.filter((queue) => matchesConnection(filter.value, queue.queueId)));
        case 'queue':
          return queuesProbe(queues.filter((queue) => queue.queueId === filter.value.toWellFormed()));
        case 'replay':
          return replayProbe(db, filter.value.toWellFormed());
        default:
          return valueProbe(valueTags[filter.field], filter.value.toWellFormed());
      }
    case 'matches':
      // The texts of these two are signed whole, in runs of three.
      return filter.field === 'type' || filter.field === 'class' ? all(filter.parts.map(textProbe)) : any;
    case 'header':
      return contentProbe(askHeader(filter.name, filter.test));
    case 'payload':
      return contentProbe(askPayload(filter.path, filter.test));
    case 'queue':
      return queuesProbe(queues.filter((queue) => matchesQueue(filter.pattern, queue.queueId)));
    case 'and':
      return all(filter.terms.map((term) => probeOf(db, term, queues)));
    case 'or': {
      const terms = filter.terms.map((term) => probeOf(db, term, queues));
      return terms.some((probe) => probe.kind === 'any') ? any : { kind: 'or', terms };
    }
    case 'all':
    case 'not':
    case 'state':
    case 'group':
    case 'number':
    case 'time':
      return any;
  }
}

function all(probes: readonly Probe[]): Probe {
  const terms = probes.filter((probe) => probe.kind !== 'any');
  return terms.length === 0 ? any : { kind: 'and', terms };
}

const valueTags = {
  key: 'k',
  type: 't',
  class: 'x',
  reason: 'r',
  correlation: 'c',
  causation: 'u',
  event: 'e',
  trace: 'w',
} as const satisfies Record<string, ValueTag>;

/** Beyond so many, reading their slices costs more than they tell. */
const queuesMax = 8;

function queuesProbe(queues: readonly QueueRef[]): Probe {
  if (queues.length > queuesMax) return any;
  return { kind: 'or', terms: queues.map((queue) => valueProbe('q', String(queue.id))) };
}

/** Replays change after a message has arrived, so they have indexes of their own. */
function replayProbe(db: Database, replayId: string): Probe {
  const rows = db.all(
    sql<{ id: number }>`select id from (
      select m.id from messages as m where m.last_replay_id = ${replayId}
      union select m.id from messages as m where m.return_of = ${replayId}
    ) limit ${candidatesMax + 1}`.compile(build),
  );
  return rows.length > candidatesMax ? any : { kind: 'ids', ids: rows.map((row) => row.id) };
}
