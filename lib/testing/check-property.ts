import { fc } from '#lib/testing/properties.ts';

export interface CheckedRuns {
  /** So many cases are drawn however long they take: what a busy machine had no time for is not proven. */
  readonly least: number;
  readonly most: number;
  /** Beyond the least, as many as there is time for. */
  readonly patienceMs: number;
}

/** `fc.assert` for a property whose cases are slow. */
export function checkProperty<Drawn>(property: fc.IProperty<Drawn>, { least, most, patienceMs }: CheckedRuns): void {
  fc.assert(property, { numRuns: least });
  fc.assert(property, { numRuns: most - least, interruptAfterTimeLimit: patienceMs });
}
