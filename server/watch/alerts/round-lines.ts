import type { Alert } from '#lib/alerts/alert.ts';
import { type Mute, muteOf } from '#lib/alerts/mute.ts';
import type { LogFields } from '#server/log/log.ts';

/** What the log has of a round: each alert that fires now or is over, by rule and subject. Its sentence may quote a message, so it is not told. */
export function roundLines(
  known: readonly Alert[],
  alerts: readonly Alert[],
  mutes: readonly Mute[],
  now: number,
): readonly [line: string, about: LogFields][] {
  const before = new Map(known.map(({ id, phase }) => [id, phase]));
  return alerts.flatMap((alert): [string, LogFields][] => {
    const { id, rule, severity, phase, subject } = alert;
    const isNews = phase !== 'pending' && phase !== before.get(id);
    if (!isNews) return [];
    const about = subject.kind === 'replay' ? subject.label : `${subject.kind} ${subject.id}`;
    const silent = muteOf(alert, mutes, now) === null ? '' : ', muted';
    const line =
      phase === 'firing' ? `alert ${rule} fires (${severity}${silent}): ${about}` : `alert ${rule} is over: ${about}`;
    return [[line, aboutOf(subject)]];
  });
}

function aboutOf({ kind, id }: Alert['subject']): LogFields {
  switch (kind) {
    case 'queue':
      return { queueId: id };
    case 'replay':
      return { replayId: id };
    case 'connection':
      return { connection: id };
    case 'group':
    case 'consumer-group':
    case 'others':
      return {};
  }
}
