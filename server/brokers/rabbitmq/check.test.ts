import { afterEach, expect, it } from 'vitest';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { createRabbitMqDriver } from '#server/brokers/rabbitmq/rabbitmq-driver.ts';
import { failureOf } from '#server/brokers/testing/expectations.ts';
import { startTcpProxy, type TcpProxy } from '#server/brokers/testing/tcp-proxy.ts';

let driver: BrokerDriver;
let amqp: TcpProxy;
let management: TcpProxy;
const { signal } = new AbortController();

async function connect(): Promise<void> {
  const through = async (variable: string) => {
    const url = new URL(process.env[variable] ?? '');
    const proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
    url.port = String(proxy.port);
    return { proxy, href: url.href };
  };
  const [one, other] = [await through('TEST_RABBITMQ_URL'), await through('TEST_RABBITMQ_MANAGEMENT_URL')];
  [amqp, management] = [one.proxy, other.proxy];
  driver = createRabbitMqDriver({ connection: 'jobs', url: one.href, managementUrl: other.href, clock: Date.now });
  await driver.check(signal);
}

afterEach(async () => {
  await driver.close();
  await amqp.close();
  await management.close();
});

it('names the side that does not answer, or both', async () => {
  await connect();
  const at = `RabbitMQ "jobs" (127.0.0.1:${amqp.port})`;
  management.withholdAnswers();
  expect((await failureOf(driver.check(signal))).message).toMatch(/^The management API of RabbitMQ "jobs"/);
  amqp.withholdAnswers();
  expect((await failureOf(driver.check(signal))).message).toContain(
    `${at} and its management API did not answer within 6 s.`,
  );
  management.passAgain();
  expect((await failureOf(driver.check(signal))).message).toMatch(
    new RegExp(`^${at.replace(/[()]/g, '\\$&')} did not`),
  );
  amqp.passAgain();
  expect((await driver.check(signal)).notes).toEqual([]);
});

it('says of a server that is not there that it cannot be reached, and not that it hangs', async () => {
  await connect();
  await Promise.all([amqp.close(), management.close()]);
  expect((await failureOf(driver.check(signal))).message).toMatch(
    /^RabbitMQ "jobs" \(127\.0\.0\.1:\d+\) cannot be reached, and neither can its management API\./,
  );
});
