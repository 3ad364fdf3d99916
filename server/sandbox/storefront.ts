import type { BrokerShop } from '#server/sandbox/broker-shop.ts';
import type { Dice } from '#server/sandbox/seed/dice.ts';

/** The customers: every few seconds one of them does something at one of the brokers that run, which mostly fails. */
export function startStorefront(open: () => readonly BrokerShop[], dice: Dice): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout;
  let underWay: Promise<void> = Promise.resolve();
  let stopped = false;

  function next(): void {
    timer = setTimeout(
      () => {
        underWay = serve().finally(() => {
          if (!stopped) next();
        });
      },
      dice.between(2_000, 6_000),
    );
  }

  async function serve(): Promise<void> {
    const [first, ...others] = open();
    // A broker that is away for a moment costs the shop a customer, no more.
    if (first)
      await dice
        .pick([first, ...others])
        .trade(dice)
        .catch(() => {});
  }

  next();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}
