import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '#server/config/config.ts';
import { describeConfig } from '#server/config/describe-config.ts';

const path = '/etc/redeliver/redeliver.yaml';
const load = (env: Record<string, string>, yaml = '') =>
  loadConfig({ ...env, ...(yaml !== '' && { REDELIVER_CONFIG: path }) }, () => yaml);

describe('tracing', () => {
  it('is off where nobody names an endpoint, or OpenTelemetry is switched off', () => {
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
    expect(load({ OTEL_SERVICE_NAME: 'x' }).tracing).toBeUndefined();
    expect(load({ ...endpoint, OTEL_SDK_DISABLED: 'true' }).tracing).toBeUndefined();
    expect(load({ ...endpoint, OTEL_TRACES_EXPORTER: 'none' }).tracing).toBeUndefined();
  });

  it("takes OpenTelemetry's variables, and that of the signal before that of all", () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/base/',
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20abc=, tenant = shop ',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'tenant=traces',
    };
    expect(structuredClone(load(env).tracing)).toEqual({
      url: 'http://collector:4318/base/v1/traces',
      headers: [
        { name: 'authorization', secret: 'Bearer abc=' },
        { name: 'tenant', secret: 'traces' },
      ],
      serviceName: 'redeliver',
    });
    const own = { ...env, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces/as/it/is', OTEL_SERVICE_NAME: 'console' };
    expect(load(own).tracing).toMatchObject({ url: 'https://traces/as/it/is', serviceName: 'console' });
  });

  it('takes the file, over which the environment wins', () => {
    const yaml = `tracing: { endpoint: 'http://file:4318', headers: { x-token: '\${TOKEN}' }, serviceName: from-file }`;
    expect(load({ TOKEN: 'of-the-file' }, yaml).tracing).toMatchObject({
      url: 'http://file:4318/v1/traces',
      headers: [{ name: 'x-token', secret: 'of-the-file' }],
      serviceName: 'from-file',
    });
    const env = { TOKEN: 't', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://env:4318' };
    expect(load(env, yaml).tracing?.url).toBe('http://env:4318/v1/traces');
  });

  it('shows no header to whoever prints the configuration', () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318', OTEL_EXPORTER_OTLP_HEADERS: 'authorization=hush-hush' };
    const config = load(env);
    for (const text of [JSON.stringify(config), inspect(config, { depth: 9 }), JSON.stringify(describeConfig(config))])
      expect(text).not.toContain('hush-hush');
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' }, 'OTEL_EXPORTER_OTLP_ENDPOINT'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'http/protobuf'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318', OTEL_EXPORTER_OTLP_HEADERS: 'Bearer abc' }, 'authorization='],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318', OTEL_EXPORTER_OTLP_HEADERS: 'a=b%0d%0ac' }, 'OTLP_HEADERS'],
  ])('%o is refused by name', (env, words) => {
    expect(() => load(env)).toThrow(words);
  });
});
