import { oneOf, section, wholeNumber } from '#server/config/fields.ts';
import { logLevels } from '#server/log/log.ts';

/*
 * `log: { level: info, format: json, to: stdout }` and `metrics: { groupsPerQueue: 10 }`
 */

export const logLevel = oneOf(logLevels);
export const logFormat = oneOf(['json', 'pretty']);

export const logSection = section({
  level: logLevel.exactOptional(),
  /** `pretty` at a terminal and `json` elsewhere, where absent. */
  format: logFormat.exactOptional(),
  to: oneOf(['stdout', 'stderr']).exactOptional(),
});

export const metricsSection = section({
  queuesMax: wholeNumber(0, 100_000).exactOptional(),
  groupsPerQueue: wholeNumber(0, 1_000).exactOptional(),
  lagSeriesMax: wholeNumber(0, 200_000).exactOptional(),
});
