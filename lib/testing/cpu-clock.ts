/** Tells the milliseconds that this thread has used a processor since: what else the machine does meanwhile does not count. */
export function cpuClock(): () => number {
  const begun = process.threadCpuUsage();
  return () => {
    const { user, system } = process.threadCpuUsage(begun);
    return (user + system) / 1_000;
  };
}

/**
 * By how much what has a limit of its own may end later on a machine that runs six tests at once. That it ends by this limit, and not by a longer
 * one, is what can be proven there.
 */
export const busyMachineMs = 10_000;
