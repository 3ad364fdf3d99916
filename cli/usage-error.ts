/** What is wrong with the command as it was typed; several lines where it points at a character. */
export class UsageError extends Error {}
