import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import type { Availability, LocalBroker, StartOptions } from '#server/local-brokers/local-broker.ts';
import { inNewerDebian, newerDebianAvailable, newerDebianRoot } from '#server/local-brokers/newer-debian.ts';
import { runBroker } from '#server/local-brokers/run-broker.ts';

type RabbitPort = 'amqp' | 'management' | 'distribution' | 'epmd';

export interface LocalRabbitMqOptions extends StartOptions {
  ports?: Partial<Record<RabbitPort, number>>;
  /**
   * `installed` is what this machine has (3.10 on Debian 12); 4 runs from a newer Debian in the cache, for root on
   * Debian only.
   */
  version?: 'installed' | 4;
  /** Lines for rabbitmq.conf, such as `consumer_timeout = 60000`. */
  config?: readonly string[];
  /** Beside the management plugin; those that come with the server. */
  plugins?: readonly RabbitMqPlugin[];
}

type RabbitMqPlugin = 'rabbitmq_shovel' | 'rabbitmq_shovel_management';

/** Both, so that shovels can be made and seen over HTTP. */
export const shovelPlugins: readonly RabbitMqPlugin[] = ['rabbitmq_shovel', 'rabbitmq_shovel_management'];

/** A real `rabbitmq-server` with its management plugin, users guest/guest; about 5 s and 140 MB. */
export async function startLocalRabbitMq(options: LocalRabbitMqOptions): Promise<LocalBroker> {
  const { folder, version = 'installed', config = [], plugins = [] } = options;
  const title = version === 4 ? 'RabbitMQ 4' : 'RabbitMQ';
  const server = version === 4 ? serverScriptUnder(newerDebianRoot) : installedServerScript();
  const epmd = onPath('epmd');
  if (!server || !epmd) throw new Error(`${title} is not installed on this machine.`);

  return await runBroker<RabbitPort>(
    {
      kind: 'rabbitmq',
      title,
      portNames: ['amqp', 'management', 'distribution', 'epmd'],
      settings: { server, version, config, plugins },
      env: ({ amqp, management }) => ({
        RABBITMQ_URL: `amqp://guest:guest@127.0.0.1:${amqp}`,
        RABBITMQ_MANAGEMENT_URL: `http://guest:guest@127.0.0.1:${management}`,
      }),
      async prepare({ amqp, management }) {
        const enabled = ['rabbitmq_management', ...plugins].join(',');
        await writeFile(join(folder, 'enabled_plugins'), `[${enabled}].\n`);
        // The system's own environment file must not decide where this broker keeps its data.
        await writeFile(join(folder, 'rabbitmq-env.conf'), '');
        const lines = [
          `listeners.tcp.1 = 127.0.0.1:${amqp}`,
          'management.tcp.ip = 127.0.0.1',
          `management.tcp.port = ${management}`,
          // Counts in the management API are 5 s old by default; tests wait for them.
          'collect_statistics_interval = 1000',
          ...config,
        ];
        await writeFile(join(folder, 'rabbitmq.conf'), `${lines.join('\n')}\n`);
      },
      children: (ports) => {
        const env = environmentOf(folder, ports);
        const start = version === 4 ? inNewerDebian(folder, server) : { command: server, args: [] };
        return [
          {
            // Erlang would start the port mapper as a daemon that outlives the broker. One of our own, on a port of its
            // own, ends with it.
            name: 'epmd',
            command: epmd,
            args: ['-port', String(ports.epmd), '-address', '127.0.0.1'],
            env,
            logFile: join(folder, 'epmd.log'),
            isReady: () => accepts(ports.epmd),
            readyWithinMs: 10_000,
          },
          {
            name: title,
            ...start,
            env,
            logFile: join(folder, 'rabbitmq.log'),
            isReady: () => rabbitAnswers(ports),
            readyWithinMs: 120_000,
          },
        ];
      },
      answers: rabbitAnswers,
      gracefulMs: 20_000,
    },
    options,
  );
}

export async function localRabbitMqAvailable(version: 'installed' | 4 = 'installed'): Promise<Availability> {
  if (version === 4) return newerDebianAvailable();
  if (installedServerScript() && onPath('epmd')) return { available: true };
  return { available: false, reason: 'rabbitmq-server is not installed.', remedy: 'npm run brokers:install' };
}

export interface RabbitMqUser {
  username: string;
  password: string;
  /** `management` lets the user ask the management API; none by default. */
  tags?: string;
  /** Regular expressions for the virtual host `/`; without them the user may log in nowhere. */
  permissions?: { configure: string; write: string; read: string };
}

/** Creates or changes a user through the management API; its URL carries the credentials of an administrator. */
export async function putRabbitMqUser(managementUrl: string, user: RabbitMqUser): Promise<void> {
  const name = encodeURIComponent(user.username);
  await put(managementUrl, `/api/users/${name}`, { password: user.password, tags: user.tags ?? '' });
  if (user.permissions) await put(managementUrl, `/api/permissions/%2F/${name}`, user.permissions);
}

async function put(managementUrl: string, path: string, body: unknown): Promise<void> {
  const response = await request(managementUrl, path, { method: 'PUT', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`RabbitMQ refused PUT ${path}: ${response.status} ${await response.text()}`);
}

async function request(managementUrl: string, path: string, init: RequestInit = {}): Promise<Response> {
  const url = new URL(managementUrl);
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const headers = {
    authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
    'content-type': 'application/json',
  };
  return await fetch(new URL(path, url.origin), { signal: AbortSignal.timeout(5_000), ...init, headers });
}

async function rabbitAnswers({ amqp, management }: Record<RabbitPort, number>): Promise<boolean> {
  const response = await request(`http://guest:guest@127.0.0.1:${management}`, '/api/overview');
  await response.arrayBuffer();
  return response.ok && (await accepts(amqp));
}

async function accepts(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

function environmentOf(folder: string, ports: Record<RabbitPort, number>): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    LANG: 'C.UTF-8',
    // The Erlang cookie is made in the home folder: with one of its own, an instance neither knows nor disturbs
    // another.
    HOME: folder,
    RABBITMQ_NODENAME: 'redeliver@localhost',
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: join(folder, 'logs'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_CONF_ENV_FILE: join(folder, 'rabbitmq-env.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_PID_FILE: join(folder, 'rabbitmq.pid'),
    RABBITMQ_DIST_PORT: String(ports.distribution),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_CRASH_DUMP: join(folder, 'erl_crash.dump'),
    // Makes the start script replace itself by Erlang, so that the process we know is the broker and gets our signals.
    RUNNING_UNDER_SYSTEMD: 'true',
  };
}

/** The script itself: the wrapper on Debian's PATH insists on the user `rabbitmq` and on the system's folders. */
function installedServerScript(): string | undefined {
  const homebrew = ['/opt/homebrew', '/usr/local'].map((prefix) => `${prefix}/opt/rabbitmq/sbin/rabbitmq-server`);
  return serverScriptUnder('/') ?? homebrew.find((file) => existsSync(file));
}

function serverScriptUnder(root: string): string | undefined {
  const folder = join(root, 'usr/lib/rabbitmq/lib');
  const newest = existsSync(folder) ? readdirSync(folder).toSorted().at(-1) : undefined;
  const script = newest && join(folder, newest, 'sbin/rabbitmq-server');
  return script && existsSync(script) ? script : undefined;
}

function onPath(command: string): string | undefined {
  const beside = [...(process.env['PATH'] ?? '').split(delimiter), dirname('/usr/bin/epmd')];
  return beside.map((folder) => join(folder, command)).find((file) => existsSync(file));
}
