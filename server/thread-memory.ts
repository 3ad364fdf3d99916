/**
 * Of the engine's thread and of the store's: far more than what lives, some 60 MB of a replay on Kafka. By what it may take at most V8 chooses how much
 * garbage may gather before it looks (docs/benchmarks.md). `bench/replay-job.ts` gives it to its processes, too.
 */
export const maxOldGenerationSizeMb = 1_536;
