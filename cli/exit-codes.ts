/** What a script learns from the end of a command; `redeliver --help` lists them. */
export const exitCodes = {
  /** Answered, also where nothing matches a search; the plan stands; what was sent has not been seen again. */
  done: 0,
  /** The console cannot be reached, or refuses. */
  refused: 1,
  /** The command is not right; the console was not asked. */
  usage: 2,
  /** A plan that would send nothing. */
  nothing: 3,
  /** A replay is over, and some of its messages failed, were left out, came back, or nobody knows. */
  notAllWell: 4,
  /** Nothing was sent: nobody confirmed the plan. */
  unconfirmed: 5,
  /** A replay that is followed stands still, or was ended before everything was sent. */
  halted: 6,
  /** An alert of severity critical fires that nobody has muted. */
  critical: 7,
  /** Ctrl-C while a replay is followed: it goes on without us. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
