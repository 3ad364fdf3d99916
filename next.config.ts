import type { NextConfig } from 'next';

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // `npm run check` type-checks the whole tree, the engine included; doing it again here would only slow the first start.
  typescript: { ignoreBuildErrors: true },
  turbopack: { root: import.meta.dirname },
  allowedDevOrigins: ['127.0.0.1'],
  // Server-sent events must not wait in a compressor; on loopback it only costs time, and a proxy in front does it better.
  compress: false,
  images: { unoptimized: true },
  // The web reaches brokers and the store only through the runtime that the process hands it: none of these belongs in the bundle.
  serverExternalPackages: [
    '@aws-sdk/client-sns',
    '@aws-sdk/client-sqs',
    '@platformatic/kafka',
    'amqplib',
    'fauxqs',
    'kafkajs',
    'kysely',
    'msgpackr',
  ],
};

export default config;
