import { parseAsBoolean, parseAsString, parseAsStringLiteral } from 'nuqs';
import { lagKinds, lagSorts } from '#components/lag/prepare-lag.ts';
import { lagRanges } from '#components/queries/lag.ts';

/** What of the page stands in its address. */
export const lagUrl = {
  q: parseAsString.withDefault(''),
  connection: parseAsString.withDefault(''),
  group: parseAsString.withDefault(''),
  topic: parseAsString.withDefault(''),
  kind: parseAsStringLiteral(lagKinds).withDefault('all'),
  behind: parseAsBoolean.withDefault(false),
  sort: parseAsStringLiteral(lagSorts).withDefault('lag'),
  rising: parseAsBoolean.withDefault(false),
  range: parseAsStringLiteral(lagRanges).withDefault('1h'),
};
