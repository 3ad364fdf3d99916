import { expect, test } from 'vitest';
import { failureFrom } from '#server/sandbox/services/failure.ts';

test("a trace ends where the service's own work does, whether it failed just now or in the past that the sandbox made up", () => {
  const here = new URL('.', import.meta.url).href;
  const own = [
    'ValidationError: no address',
    `    at validateCustomer (${here}notifications-service.ts:128:11)`,
    `    at async sendReceipt (${here}notifications-service.ts:119:3)`,
  ];
  const loops = [
    `    at async Runner.eachMessage (${here}notifications-service.ts:66:9)`,
    `    at async handle (${here}email-service.ts:60:5)`,
    `    at async ${here}billing-service.ts:50:7`,
    `    at ${here}billing-service.ts:55:13`,
    `    at handleOne (${here}sqs-client.ts:104:13)`,
    `    at async writePast (${new URL('../seed/', here).href}seed-kafka.ts:68:29)`,
  ];
  for (const loop of loops) {
    const error = Object.assign(new Error('no address'), { stack: [...own, loop].join('\n') });
    expect(failureFrom(error).stack.split('\n')).toEqual([
      'ValidationError: no address',
      '    at validateCustomer (file:///app/services/notifications-service.ts:128:11)',
      '    at async sendReceipt (file:///app/services/notifications-service.ts:119:3)',
    ]);
  }
});
