import type { ConnectionAccess } from '#lib/api/settings.ts';
import type { ConnectionSettings, KafkaConnectionSettings } from '#server/config/connection-settings.ts';

/** How a connection is protected and who signs in, without a secret: each field is named here, so that one that is added is not among them. */
export function accessOf(settings: ConnectionSettings): ConnectionAccess {
  const plain = { hasClientCertificate: false, management: null } as const;
  switch (settings.kind) {
    case 'kafka': {
      const { sasl } = settings;
      return {
        ...plain,
        ...kafkaTls(settings),
        signIn: sasl ? { kind: 'password', mechanism: sasl.mechanism, user: sasl.username } : { kind: 'none' },
      };
    }
    case 'rabbitmq': {
      const broker = new URL(settings.url);
      const user = userOf(broker) ?? 'guest';
      const management = settings.managementUrl === undefined ? null : new URL(settings.managementUrl);
      return {
        ...plain,
        tls: broker.protocol === 'amqps:' ? 'checked' : 'none',
        signIn: { kind: 'password', mechanism: null, user },
        management: management && { tls: management.protocol === 'https:', user: userOf(management) ?? user },
      };
    }
    case 'sqs':
      return {
        ...plain,
        tls: settings.endpoint !== undefined && new URL(settings.endpoint).protocol === 'http:' ? 'none' : 'checked',
        signIn: { kind: settings.credentials ? 'access-key' : 'found-by-sdk' },
      };
  }
}

function kafkaTls({ tls }: KafkaConnectionSettings): Pick<ConnectionAccess, 'tls' | 'hasClientCertificate'> {
  if (tls === undefined || tls === false) return { tls: 'none', hasClientCertificate: false };
  if (tls === true) return { tls: 'checked', hasClientCertificate: false };
  return {
    tls: tls.rejectUnauthorized === false ? 'unchecked' : 'checked',
    hasClientCertificate: tls.cert !== undefined,
  };
}

function userOf({ username }: URL): string | null {
  return username === '' ? null : decodeURIComponent(username);
}
