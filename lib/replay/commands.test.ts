import { expect, test } from 'vitest';
import { replayStates, usualOptions } from '#lib/domain/replay.ts';
import { commandStates, refusalOfCommand, type ReplayCommand } from '#lib/replay/commands.ts';

test('what may be said in each state, and why not in the others', () => {
  const said = (['pause', 'resume', 'cancel'] as const).flatMap((command: ReplayCommand) =>
    replayStates.map((state) =>
      commandStates[command].includes(state)
        ? `${command}, ${state}: yes`
        : `${command}, ${state}: ${refusalOfCommand(command, { number: 10, options: usualOptions, state })}`,
    ),
  );
  expect(said).toMatchInlineSnapshot(`
    [
      "pause, planned: Replay 10 is a plan that nobody has confirmed: there is nothing to pause.",
      "pause, queued: yes",
      "pause, sending: yes",
      "pause, paused: Replay 10 is paused already.",
      "pause, watching: Replay 10 is all sent, and only what comes back is looked for: there is nothing to pause.",
      "pause, settled: Replay 10 is over: there is nothing to pause.",
      "pause, cancelled: Replay 10 was cancelled, and that is for good: plan again what is left of it.",
      "pause, stopped: Replay 10 has stopped: there is nothing to pause. Resume it or cancel it.",
      "resume, planned: Replay 10 is a plan that nobody has confirmed: there is nothing to resume.",
      "resume, queued: Replay 10 is not paused: it waits for its turn.",
      "resume, sending: Replay 10 is not paused: it is running.",
      "resume, paused: yes",
      "resume, watching: Replay 10 is all sent, and only what comes back is looked for: there is nothing to resume.",
      "resume, settled: Replay 10 is over: there is nothing to resume.",
      "resume, cancelled: Replay 10 was cancelled, and that is for good: plan again what is left of it.",
      "resume, stopped: yes",
      "cancel, planned: yes",
      "cancel, queued: yes",
      "cancel, sending: yes",
      "cancel, paused: yes",
      "cancel, watching: yes",
      "cancel, settled: Replay 10 is over: there is nothing to cancel.",
      "cancel, cancelled: Replay 10 is cancelled already.",
      "cancel, stopped: yes",
    ]
  `);
});

test('a discard is called one', () => {
  const discard = { number: 4, options: { ...usualOptions, action: 'discard' as const }, state: 'paused' as const };
  expect(refusalOfCommand('pause', discard)).toBe('Discard 4 is paused already.');
});
