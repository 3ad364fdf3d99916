/**
 * `npm run brokers:install`: adds to Debian or Ubuntu what real brokers need on this machine, and nothing that is there
 * already.
 */
import { installPackages, installRabbitMq4, whyNotInstallable } from '#scripts/install-debian.ts';
import { debianProgram } from '#server/local-brokers/debian-program.ts';
import { localElasticMqAvailable } from '#server/local-brokers/elasticmq.ts';
import { localKafkaAvailable } from '#server/local-brokers/kafka.ts';
import { localRabbitMqAvailable } from '#server/local-brokers/rabbitmq.ts';

const obstacle = whyNotInstallable();
if (obstacle) {
  process.stderr.write(`${obstacle}\n`);
  process.exitCode = 1;
} else {
  const forTests = process.argv.includes('--for-tests');
  const installed = await installPackages({ forTests, log: say });
  if (forTests) {
    await installRabbitMq4(say);
    await debianProgram('alertmanager');
    await debianProgram('prometheus');
  }
  say(installed.length === 0 ? 'Nothing was missing.' : `Installed ${installed.join(', ')}.`);
  for (const [name, availability] of [
    ['Kafka', await localKafkaAvailable()],
    ['RabbitMQ', await localRabbitMqAvailable()],
    ['ElasticMQ', await localElasticMqAvailable()],
  ] as const) {
    say(availability.available ? `${name} can be started here.` : `${name}: ${availability.reason}`);
  }
  say('Run `npm start` to see them in the sandbox.');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
