import type { BrokerDriver, HeldBatch } from '#server/brokers/driver.ts';

/** Where an engine is struck, in words of the contracts that it calls: the engine itself knows nothing of it. */
export interface Fault {
  /** `ledger.intend`, `index.setStates`, `driver.publish`, `driver.hold` (one batch), `driver.remove`, `driver.browse` (one batch). */
  readonly call: string;
  /** `during`: so many milliseconds after the call began, while it is under way. */
  readonly when: 'before' | 'after' | { readonly duringMs: number };
  /** Only calls that write this state, of a replay or of an item. */
  readonly state?: string;
  /** The how manyeth of these calls, from 1. */
  readonly nth: number;
  readonly what: 'kill' | 'fill-disk';
}

export interface FaultGate {
  /** Counts from now on; `null` disarms. */
  arm(fault: Fault | null): void;
  around<Result>(call: string, args: readonly unknown[], work: () => Promise<Result>): Promise<Result>;
}

export function createFaultGate(strike: (fault: Fault) => void): FaultGate {
  let armed: Fault | null = null;
  let met = 0;

  function meets(call: string, args: readonly unknown[]): Fault | null {
    if (armed === null || armed.call !== call) return null;
    if (armed.state !== undefined && !statesIn(args).has(armed.state)) return null;
    met += 1;
    if (met < armed.nth) return null;
    const fault = armed;
    armed = null;
    return fault;
  }

  return {
    arm(fault) {
      armed = fault;
      met = 0;
    },
    async around(call, args, work) {
      const fault = meets(call, args);
      if (fault?.when === 'before') strike(fault);
      if (fault !== null && typeof fault.when === 'object') setTimeout(() => strike(fault), fault.when.duringMs);
      const result = await work();
      if (fault?.when === 'after') strike(fault);
      return result;
    },
  };
}

/** `recordItems([{ state }], at)` and `setReplayState(id, { state })`. */
function statesIn(args: readonly unknown[]): ReadonlySet<string> {
  return new Set(
    args.flat().flatMap((arg) => {
      if (typeof arg !== 'object' || arg === null || !('state' in arg)) return [];
      return typeof arg.state === 'string' ? [arg.state] : [];
    }),
  );
}

/** The same methods, each through the gate; for an object whose methods all answer promises. */
export function watchedCalls<Target extends object>(name: string, target: Target, gate: FaultGate): Target {
  return new Proxy(target, {
    get(of, key): unknown {
      const value: unknown = Reflect.get(of, key);
      if (typeof value !== 'function' || typeof key === 'symbol') return value;
      return (...args: readonly unknown[]) =>
        gate.around(`${name}.${key}`, args, async (): Promise<unknown> => await Reflect.apply(value, of, args));
    },
  });
}

export function watchedDriver(driver: BrokerDriver, gate: FaultGate): BrokerDriver {
  async function* throughGate<Batch>(call: string, batches: AsyncIterable<Batch>): AsyncGenerator<Batch> {
    for await (const batch of batches) yield await gate.around(call, [], async () => batch);
  }
  async function* held(batches: AsyncIterable<HeldBatch>): AsyncGenerator<HeldBatch> {
    for await (const batch of throughGate('driver.hold', batches)) {
      yield {
        messages: batch.messages,
        remove: (identities) => gate.around('driver.remove', [], () => batch.remove(identities)),
      };
    }
  }
  return {
    ...driver,
    publish: (messages, options) => gate.around('driver.publish', [], () => driver.publish(messages, options)),
    browse: (queue, options, signal) => throughGate('driver.browse', driver.browse(queue, options, signal)),
    hold: (queue, wanted, options, signal) => held(driver.hold(queue, wanted, options, signal)),
  };
}
