import type { SandboxServiceId } from '#server/sandbox/sandbox-contract.ts';
import type { Dice } from '#server/sandbox/seed/dice.ts';
import type { ShopService, Tally } from '#server/sandbox/services/service.ts';

/** The part of the shop that lives on one broker, once that broker answers. */
export interface BrokerShop {
  readonly services: ReadonlyMap<SandboxServiceId, ShopService>;
  /** Lets customers do something: mostly what some broken service trips over, sometimes what goes well. */
  trade(dice: Dice): Promise<void>;
  /** Stops the services, then ends the broker. */
  stop(): Promise<void>;
}

/** What the sandbox hands to the part of each broker. */
export interface ShopContext {
  /** The folder of this broker alone. */
  readonly folder: string;
  isMended(id: SandboxServiceId): boolean;
  tally(id: SandboxServiceId): Tally;
  /** One short line for each thing that takes time; shown as the connection's step, too. */
  step(line: string): void;
  readonly dice: Dice;
}

/** Thrown when this machine cannot run the broker. */
export class NotStarted extends Error {
  readonly remedy: string;

  constructor(reason: string, remedy: string) {
    super(reason);
    this.remedy = remedy;
  }
}

/** In order; one that fails does not keep the next from ending. */
export async function endAll(ending: readonly (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const end of ending) await end().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw new AggregateError(failures, 'A part of the sandbox did not end as it should.');
}
