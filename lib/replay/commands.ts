import type { Replay, ReplayState } from '#lib/domain/replay.ts';
import { replayName } from '#lib/domain/replay-line.ts';
import { replayWays } from '#lib/replay/transitions.ts';

export type ReplayCommand = 'pause' | 'resume' | 'cancel';

const states = Object.keys(replayWays) as ReplayState[];

/** The states in which a person may say so. In any other it would change nothing, or what they did not mean. */
export const commandStates: Readonly<Record<ReplayCommand, readonly ReplayState[]>> = {
  pause: states.filter((state) => replayWays[state].includes('paused')),
  resume: ['paused', 'stopped'],
  cancel: states.filter((state) => replayWays[state].includes('cancelled')),
};

/** Why it is not done in a state of no `commandStates`: a sentence for whoever said so. */
export function refusalOfCommand(command: ReplayCommand, replay: Pick<Replay, 'number' | 'options' | 'state'>): string {
  const name = replayName(replay);
  const it = name.slice(0, 1).toUpperCase() + name.slice(1);
  const nothing = `there is nothing to ${command}.`;
  switch (replay.state) {
    case 'planned':
      return `${it} is a plan that nobody has confirmed: ${nothing}`;
    case 'queued':
      return `${it} is not paused: it waits for its turn.`;
    case 'sending':
      return `${it} is not paused: it is running.`;
    case 'paused':
      return `${it} is paused already.`;
    case 'watching':
      return `${it} is all sent, and only what comes back is looked for: ${nothing}`;
    case 'settled':
      return `${it} is over: ${nothing}`;
    case 'stopped':
      return `${it} has stopped: ${nothing} Resume it or cancel it.`;
    case 'cancelled':
      return command === 'cancel'
        ? `${it} is cancelled already.`
        : `${it} was cancelled, and that is for good: plan again what is left of it.`;
  }
}
