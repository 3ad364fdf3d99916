import { duration, utcTime } from '#components/ui/times.ts';
import type { Expiry } from '#lib/expiry/expiry.ts';

export interface ShownExpiry {
  /** `5 h`, `≥ 2 d`, `now`; `any time` where the least that a broker promises is over. */
  readonly words: string;
  /** The same within a sentence: `expires in 5 h`. */
  readonly sentence: string;
  /** The instant, and how sure it is. `whose` is `its oldest message`, `this message`. */
  readonly why: (whose: string) => string;
  /** Whoever wants to put it back should hurry within a day, and drop everything else within three hours. */
  readonly tone: 'failing' | 'attention' | 'plain';
}

const hour = 3_600_000;
const hurryMs = 3 * hour;
const soonMs = 24 * hour;

/** When a broker deletes by itself, as it is shown. */
export function shownExpiry({ at, bound }: Expiry, now: number): ShownExpiry {
  const left = at - now;
  const isAtLeast = bound === 'at-least';
  const span = duration(left);
  const over = isAtLeast ? 'any time' : 'now';
  return {
    words: left <= 0 ? over : `${isAtLeast ? '≥ ' : ''}${span}`,
    sentence: left <= 0 ? `expires ${over}` : `expires in ${isAtLeast ? 'at least ' : ''}${span}`,
    why: (whose) =>
      isAtLeast
        ? `The broker keeps ${whose} until ${utcTime(at)} at the least`
        : `The broker deletes ${whose} at ${utcTime(at)}`,
    tone: left < hurryMs ? 'failing' : left < soonMs ? 'attention' : 'plain',
  };
}
