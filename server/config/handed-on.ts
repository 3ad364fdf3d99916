import { z } from 'zod';
import { didYouMean, nearestName } from '#lib/words/did-you-mean.ts';

/*
 * Values of which it must be seen first how they are to be read. A plain union would say of a mistake in one of its sections only that none of them fits.
 */

/** By its `kind`. Of one that is misspelt the rest is read as the kind that was probably meant; of one that is unknown nothing more is said. */
export function byKind<Section extends z.ZodType>(sections: Readonly<Record<string, Section>>, example: string) {
  const kinds = Object.keys(sections);
  return z.unknown().transform((value, context): z.output<Section> => {
    if (!isSection(value)) {
      context.addIssue({ code: 'custom', message: `must be ${example}` });
      return z.NEVER;
    }
    const said = value['kind'];
    const isKnown = typeof said === 'string' && kinds.includes(said);
    if (!isKnown) {
      const message = `must be ${kinds.slice(0, -1).join(', ')} or ${kinds.at(-1)}.${didYouMean(said, kinds)}`;
      context.addIssue({ code: 'custom', path: ['kind'], message });
    }
    const kind = typeof said === 'string' ? (isKnown ? said : nearestName(said, kinds)) : null;
    const section = kind === null ? undefined : sections[kind];
    return section ? handOn(section, { ...value, kind }, context) : z.NEVER;
  });
}

/** A section, or a plain value. */
export function sectionOr<Section extends z.ZodType, Plain extends z.ZodType>(section: Section, plain: Plain) {
  return z
    .unknown()
    .transform((value, context): z.output<Section> | z.output<Plain> =>
      isSection(value) ? handOn(section, value, context) : handOn(plain, value, context),
    );
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function handOn<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  context: z.core.$RefinementCtx,
): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  // They are finished already: nothing but their places is added to them.
  context.issues.push(...(read.error.issues as z.core.$ZodRawIssue[]));
  return z.NEVER;
}
