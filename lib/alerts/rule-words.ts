import type { AlertRule } from '#lib/alerts/rule.ts';
import { counted, numberWords, spanWords, timesWords } from '#lib/alerts/words.ts';

/** What a rule watches, for people: `A queue has more than 1,000 messages, for 2 minutes or longer, in shop/*`. */
export function ruleWords(rule: AlertRule): string {
  const lasts = rule.forMs > 0 ? `, for ${spanWords(rule.forMs)} or longer` : '';
  const where = rule.queues === null ? '' : `, in ${rule.queues.join(', ')}`;
  return `${whatOf(rule)}${lasts}${where}`;
}

function whatOf({ kind, above, withinMs, atLeast }: AlertRule): string {
  switch (kind) {
    case 'new-group':
      return `An error that was never there before, told for ${spanWords(withinMs)}`;
    case 'regressed-group':
      return 'An error that comes back after it was resolved';
    case 'depth-above':
      return `A queue has more than ${counted(above, 'message')}`;
    case 'arrivals-above':
      return `A queue gets more than ${counted(above, 'dead letter')} within ${spanWords(withinMs)}`;
    case 'arrivals-unusual':
      return `A queue gets more than ${timesWords(above)} the usual within ${spanWords(withinMs)}, and at least ${numberWords(atLeast)}`;
    case 'oldest-above':
      return `A dead letter is there for more than ${spanWords(above)}`;
    case 'expiring-within':
      return `Dead letters expire within ${spanWords(withinMs)}`;
    case 'lag-above':
      return `A consumer group is more than ${counted(above, 'message')} behind`;
    case 'lag-unread':
      return 'A broker answers, and does not tell how far consumer groups are behind';
    case 'group-without-members':
      return above === 0
        ? 'Nobody reads for a consumer group any more, and it falls behind'
        : `Nobody reads for a consumer group any more, and it falls behind by more than ${counted(above, 'message')}`;
    case 'replay-returned':
      return above === 0
        ? 'Messages of a replay come back'
        : `More than ${counted(above, 'message')} of a replay come back`;
    case 'connection-failing':
      return 'A broker cannot be reached, or does not answer';
  }
}
