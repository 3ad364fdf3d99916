import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { javaAvailable, resolveJars, type JarSet } from '#server/local-brokers/jars.ts';
import type { Availability, LocalBroker, StartOptions } from '#server/local-brokers/local-broker.ts';
import { runBroker } from '#server/local-brokers/run-broker.ts';

const run = promisify(execFile);
const version = '4.3.1';

const jars: JarSet = {
  name: `kafka-${version}`,
  coordinates: [`org.apache.kafka:kafka_2.13:${version}`, 'org.apache.logging.log4j:log4j-slf4j-impl:2.25.4'],
};

type KafkaPort = 'plaintext' | 'controller' | 'sasl';

export interface KafkaUser {
  username: string;
  password: string;
  /**
   * Others may do nothing until somebody grants it to them through the PLAINTEXT listener, whose users may do
   * everything.
   */
  mayDoEverything: boolean;
}

export interface LocalKafkaOptions extends StartOptions {
  ports?: Partial<Record<KafkaPort, number>>;
  /** Adds a SASL_PLAINTEXT listener (PLAIN, SCRAM-SHA-256 and -512, the same users) and an authorizer. */
  sasl?: { users: readonly KafkaUser[] };
  /** Broker properties that win over the defaults below. */
  properties?: Readonly<Record<string, string>>;
}

/** A single Apache Kafka node (KRaft) from Maven Central; about 2-4 s and 230 MB. */
export async function startLocalKafka(options: LocalKafkaOptions): Promise<LocalBroker> {
  const { folder, sasl, properties = {}, log } = options;
  const libs = await resolveJars(jars, log);
  const configFile = join(folder, 'server.properties');
  const dataFolder = join(folder, 'data');
  const portNames: readonly KafkaPort[] = sasl ? ['plaintext', 'controller', 'sasl'] : ['plaintext', 'controller'];

  return await runBroker<KafkaPort>(
    {
      kind: 'kafka',
      title: `Kafka ${version}`,
      portNames,
      settings: { version, sasl, properties },
      env: (ports) => ({
        KAFKA_BROKERS: `127.0.0.1:${ports.plaintext}`,
        ...(sasl && { KAFKA_SASL_BROKERS: `127.0.0.1:${ports.sasl}` }),
      }),
      async prepare(ports) {
        await writeFile(join(folder, 'log4j2.properties'), loggingConfig);
        await writeFile(
          configFile,
          asProperties({ ...serverProperties(dataFolder, ports, sasl?.users), ...properties }),
        );
        if (existsSync(join(dataFolder, 'meta.properties'))) return;
        log?.('Formatting the storage of Kafka');
        const scram = (sasl?.users ?? []).flatMap(({ username, password }) =>
          ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
            '--add-scram',
            `${mechanism}=[name=${username},password=${password}]`,
          ]),
        );
        const tool = ['kafka.tools.StorageTool', 'format', '-t', '4L6g3nShT-eMCtK--X86sw', '-c', configFile, ...scram];
        await run('java', [...javaFlags(folder, libs), ...tool], { timeout: 60_000 });
      },
      children: (ports) => [
        {
          name: `Kafka ${version}`,
          command: 'java',
          args: [...javaFlags(folder, libs), 'kafka.Kafka', configFile],
          env: environment(),
          logFile: join(folder, 'kafka.log'),
          isReady: () => kafkaAnswers(ports.plaintext),
          readyWithinMs: 90_000,
        },
      ],
      answers: (ports) => kafkaAnswers(ports.plaintext),
      gracefulMs: 15_000,
    },
    options,
  );
}

export async function localKafkaAvailable(): Promise<Availability> {
  return await javaAvailable(jars);
}

/**
 * Asks for the API versions, the first request of every client. A mere connection proves nothing: the socket accepts
 * long before requests are processed.
 */
export async function kafkaAnswers(port: number, withinMs = 2_000): Promise<boolean> {
  // Length 10, then the header: api key 18 (ApiVersions), version 0, correlation id 7, no client id.
  const request = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 7, 0xff, 0xff]);
  return await new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const settle = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(withinMs, () => settle(false));
    socket.once('connect', () => socket.write(request));
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
    socket.once('data', (answer) => settle(answer.length >= 8 && answer.readInt32BE(4) === 7));
  });
}

function serverProperties(
  dataFolder: string,
  ports: Record<KafkaPort, number>,
  users: readonly KafkaUser[] | undefined,
): Record<string, string> {
  const clients = [
    `PLAINTEXT://127.0.0.1:${ports.plaintext}`,
    ...(users ? [`SASL_PLAINTEXT://127.0.0.1:${ports.sasl}`] : []),
  ];
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    listeners: [...clients, `CONTROLLER://127.0.0.1:${ports.controller}`].join(','),
    'advertised.listeners': clients.join(','),
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': dataFolder,
    'auto.create.topics.enable': 'false',
    // Dead letters with old timestamps must not be deleted while a test or a demonstration looks at them.
    'log.retention.ms': '-1',
    'group.initial.rebalance.delay.ms': '0',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '4',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'share.coordinator.state.topic.num.partitions': '4',
    // The small heap has no room for the default buffer of 128 MB, and a compaction should come while a test still
    // waits for it.
    'log.cleaner.dedupe.buffer.size': '16777216',
    'log.cleaner.backoff.ms': '500',
    'log.initial.task.delay.ms': '500',
    // A broker that was killed may register again only when the session of its former life is over: 9 s by default.
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '500',
    'num.network.threads': '2',
    'num.io.threads': '4',
    ...(users && saslProperties(users)),
  };
}

function saslProperties(users: readonly KafkaUser[]): Record<string, string> {
  const passwords = users.map(({ username, password }) => `user_${username}="${password}"`).join(' ');
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
  const powerful = users.filter((user) => user.mayDoEverything).map((user) => `User:${user.username}`);
  return {
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    'listener.name.sasl_plaintext.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required ${passwords};`,
    'listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config': scram,
    'listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config': scram,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    // ANONYMOUS is everybody who comes through the PLAINTEXT listeners, the broker itself among them.
    'super.users': ['User:ANONYMOUS', ...powerful].join(';'),
  };
}

function asProperties(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

function javaFlags(folder: string, libs: string): string[] {
  return [
    // The C1 compiler alone starts faster and takes less of two shared cores; a local broker never runs long enough to
    // miss the second one.
    '-Xmx256m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-Djava.awt.headless=true',
    `-Dlog4j2.configurationFile=${join(folder, 'log4j2.properties')}`,
    '-cp',
    `${libs}/*`,
  ];
}

function environment(): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    JAVA_HOME: process.env['JAVA_HOME'] ?? '',
  };
}

const loggingConfig = `status=error
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d %p %c{1}: %m%n
rootLogger.level=warn
rootLogger.appenderRef.out.ref=out
`;
