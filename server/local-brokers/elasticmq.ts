import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { javaAvailable, resolveJars, type JarSet } from '#server/local-brokers/jars.ts';
import type { Availability, LocalBroker, StartOptions } from '#server/local-brokers/local-broker.ts';
import { runBroker } from '#server/local-brokers/run-broker.ts';

const version = '1.7.1';
const jars: JarSet = { name: `elasticmq-${version}`, coordinates: [`org.elasticmq:elasticmq-server_3:${version}`] };

/** ElasticMQ, the server that speaks SQS in the tests. It keeps its messages in memory: a restart empties it. */
export async function startLocalElasticMq(options: StartOptions & { ports?: { sqs?: number } }): Promise<LocalBroker> {
  const { folder, log } = options;
  const libs = await resolveJars(jars, log);
  const configFile = join(folder, 'elasticmq.conf');
  return await runBroker<'sqs'>(
    {
      kind: 'elasticmq',
      title: `ElasticMQ ${version}`,
      portNames: ['sqs'],
      settings: { version },
      env: ({ sqs }) => ({
        SQS_ENDPOINT: `http://127.0.0.1:${sqs}`,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
      }),
      async prepare({ sqs }) {
        await writeFile(configFile, configOf(sqs));
      },
      children: ({ sqs }) => [
        {
          name: `ElasticMQ ${version}`,
          command: 'java',
          args: [
            '-Xmx512m',
            '-XX:+UseSerialGC',
            '-XX:TieredStopAtLevel=1',
            `-Dconfig.file=${configFile}`,
            '-cp',
            `${libs}/*`,
            'org.elasticmq.server.Main',
          ],
          env: { PATH: process.env['PATH'] ?? '', HOME: folder, JAVA_HOME: process.env['JAVA_HOME'] ?? '' },
          logFile: join(folder, 'elasticmq.log'),
          isReady: () => answers(sqs),
          readyWithinMs: 60_000,
        },
      ],
      answers: ({ sqs }) => answers(sqs),
      gracefulMs: 5_000,
    },
    options,
  );
}

export async function localElasticMqAvailable(): Promise<Availability> {
  return await javaAvailable(jars);
}

async function answers(port: number): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}/?Action=ListQueues`, { signal: AbortSignal.timeout(2_000) });
  return (await response.text()).includes('ListQueues');
}

function configOf(port: number): string {
  return `include classpath("application.conf")
node-address { protocol = http, host = "127.0.0.1", port = ${port}, context-path = "" }
rest-sqs { enabled = true, bind-port = ${port}, bind-hostname = "127.0.0.1", sqs-limits = strict }
rest-stats { enabled = false }
aws { region = us-east-1, accountId = 000000000000 }
`;
}
