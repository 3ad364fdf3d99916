import { z } from 'zod';
import { section, wholeNumber } from '#server/config/fields.ts';
import { logLevels } from '#server/log/log.ts';

/*
 * `log: { level: info, format: json, to: stdout }` and `metrics: { groupsPerQueue: 10 }`
 */

export const logLevel = z.enum(logLevels, { error: `must be one of ${logLevels.join(', ')}` });
export const logFormat = z.enum(['json', 'pretty'], { error: 'must be json or pretty' });

export const logSection = section({
  level: logLevel.exactOptional(),
  /** `pretty` at a terminal and `json` elsewhere, where absent. */
  format: logFormat.exactOptional(),
  to: z.enum(['stdout', 'stderr'], { error: 'must be stdout or stderr' }).exactOptional(),
});

export const metricsSection = section({
  queuesMax: wholeNumber(0, 100_000).exactOptional(),
  groupsPerQueue: wholeNumber(0, 1_000).exactOptional(),
  lagSeriesMax: wholeNumber(0, 200_000).exactOptional(),
});
