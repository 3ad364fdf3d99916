/** How long discarded messages are kept where nothing is configured. */
export const usualArchiveDays = 30;

export const dayMs = 86_400_000;
export const usualArchiveMs = usualArchiveDays * dayMs;
