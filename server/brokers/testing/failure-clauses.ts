import { expect } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import type { WantedMessage } from '#server/brokers/driver.ts';
import { type Clause, provided } from '#server/brokers/testing/clause.ts';
import {
  aMessageFor,
  aQueueWith,
  browseAll,
  generousMs,
  messagesApart,
  outgoing,
} from '#server/brokers/testing/driving.ts';
import { expectHelpful, expectUnchanged, failureOf, namesOf } from '#server/brokers/testing/expectations.ts';
import { busyMachineMs } from '#lib/testing/cpu-clock.ts';

export const failureClauses: readonly Clause[] = [
  {
    name: 'a wrong password is said to be one',
    oncePerServer: true,
    async prove({ harness, signal }) {
      const driver = provided(harness.connectBadly('wrong-password'), 'wrong password');
      try {
        expectHelpful(await failureOf(driver.check(signal)), 'unauthenticated', [harness.connection]);
        expectHelpful(await failureOf(driver.discover(signal)), 'unauthenticated', [harness.connection]);
      } finally {
        await driver.close();
      }
    },
  },
  {
    name: 'a host that nobody answers at is said to be one, within 15 s',
    oncePerServer: true,
    async prove({ harness, signal }) {
      const driver = provided(harness.connectBadly('unreachable-host'), 'unreachable host');
      try {
        const begun = performance.now();
        expectHelpful(await failureOf(driver.check(signal)), 'unreachable', [harness.connection]);
        expect(performance.now() - begun).toBeLessThan(15_000 + busyMachineMs);
        expectHelpful(await failureOf(browseAll(driver, 'any.dlq')), 'unreachable', [harness.connection]);
        const message = outgoing(
          [aMessageFor({ harness, signal, variant: undefined, driver, refused() {} })],
          harness.missingDestination(),
        );
        const sending = driver.publish(message, { timeoutMs: generousMs, signal });
        const failed = await sending.then(
          ([outcome]) => (outcome?.kind === 'failed' ? outcome.error : outcome),
          (error: unknown) => error,
        );
        if (!(failed instanceof AppError) && (typeof failed !== 'object' || failed === null || !('code' in failed))) {
          throw new Error('Sending to an unreachable host should throw, or answer failed: nothing was sent.');
        }
        expect(failed.code).toBe('unreachable');
      } finally {
        await driver.close();
      }
    },
  },
  {
    name: 'a server that accepts and never answers is named within 8 s, on a connection that is kept and on a new one, and is there again when it answers',
    oncePerServer: true,
    async prove({ harness, signal }) {
      const proxied = await harness.connectThroughProxy();
      const { driver } = proxied;
      try {
        await driver.check(signal);
        proxied.withholdAnswers();
        for (const _ of ['kept', 'new']) {
          const begun = performance.now();
          const { code, message } = await failureOf(driver.check(signal));
          expect(performance.now() - begun).toBeLessThan(8_000 + busyMachineMs);
          expect(['unreachable', 'timed_out']).toContain(code);
          expect(message).toContain(harness.connection);
          expect(message).toMatch(/:\d+/);
        }
        proxied.passAgain();
        expect((await driver.check(signal)).product.length).toBeGreaterThan(0);
      } finally {
        proxied.passAgain();
        await proxied.close();
      }
    },
  },
  {
    name: 'a missing permission is said to be one, to read and to send',
    oncePerServer: true,
    async prove(context) {
      const { harness, signal } = context;
      const driver = provided(harness.connectBadly('missing-permission'), 'missing permission');
      try {
        const queue = await aQueueWith(context, messagesApart(context, 1));
        expectHelpful(await failureOf(browseAll(driver, queue.name)), 'forbidden', [queue.name, harness.connection]);
        const sending = driver.publish(outgoing([aMessageFor(context)], queue.origin), {
          timeoutMs: generousMs,
          signal,
        });
        const failed = await sending.then(
          ([outcome]) => (outcome?.kind === 'failed' ? outcome.error : null),
          (error: unknown) => failureOf(Promise.reject(error)),
        );
        if (failed === null) throw new Error('Sending without permission should fail.');
        expectHelpful(failed, 'forbidden', [...namesOf(queue.origin), harness.connection]);
      } finally {
        await driver.close();
      }
    },
  },
  {
    name: 'a queue that does not exist is said to be missing',
    async prove({ driver, signal }) {
      const name = 'conformance.no-such-queue.dlq';
      expectHelpful(await failureOf(driver.inspect(name, signal)), 'not_found', [name]);
      expectHelpful(await failureOf(browseAll(driver, name)), 'not_found', [name]);
      const holding = async () => {
        for await (const batch of driver.hold(name, [{ identity: '0:0', position: '0:0' }], { insist: false }, signal))
          expect(batch.messages).toEqual([]);
      };
      expectHelpful(await failureOf(holding), 'not_found', [name]);
    },
  },
  {
    name: 'a read that would destroy is refused before it begins, and done only for someone who may insist',
    oncePerServer: true,
    async prove(context) {
      const { harness, driver, signal } = context;
      const refusedQueue = await harness.createRefusedQueue();
      if (refusedQueue === null) {
        const queue = await aQueueWith(context, messagesApart(context, 1));
        const { refusal, capabilities } = await driver.inspect(queue.name, signal);
        expect(refusal).toBeNull();
        expect(capabilities.browse, 'Only reading a log can destroy nothing.').toBe('log');
        return;
      }
      const { queue, count } = refusedQueue;
      const before = await harness.snapshot(queue);
      const { refusal } = await driver.inspect(queue.name, signal);
      expect(refusal).not.toBeNull();
      expectHelpful(await failureOf(browseAll(driver, queue.name)), 'would_destroy', [queue.name]);
      const holding = async (
        insist: boolean,
        wanted: readonly WantedMessage[] = [{ identity: 'x', position: 'x' }],
      ): Promise<number> => {
        let held = 0;
        for await (const batch of driver.hold(queue.name, wanted, { insist }, signal)) held += batch.messages.length;
        return held;
      };
      expectHelpful(await failureOf(holding(false)), 'would_destroy', [queue.name]);
      await expectUnchanged(() => harness.snapshot(queue), before);

      if (refusal?.canInsist === true) {
        const { messages } = await browseAll(driver, queue.name, { insist: true });
        expect(messages).toHaveLength(count);
        expect(await holding(true, messages)).toBe(count);
      } else {
        expect((await failureOf(holding(true))).code).toBe('would_destroy');
        expect((await failureOf(browseAll(driver, queue.name, { insist: true }))).code).toBe('would_destroy');
        await expectUnchanged(() => harness.snapshot(queue), before);
      }
    },
  },
  {
    name: 'closing twice is safe',
    oncePerServer: true,
    async prove({ harness, signal }) {
      const driver = harness.connect();
      await driver.check(signal);
      await Promise.all([driver.close(), driver.close()]);
      await driver.close();
    },
  },
];
