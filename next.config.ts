import type { NextConfig } from 'next';

/** Headers that hold for every answer; the content security policy is made per request, with its nonce, in `proxy.ts`. */
const securityHeaders = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
  { key: 'Referrer-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
  { key: 'Permissions-Policy', value: 'camera=(), microphone=(), geolocation=(), payment=(), usb=()' },
];

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // `npm run check` type-checks the whole tree, the engine included; doing it again here would only slow the first start.
  typescript: { ignoreBuildErrors: true },
  turbopack: { root: import.meta.dirname },
  allowedDevOrigins: ['127.0.0.1'],
  images: { unoptimized: true },
  // The web reaches brokers and the store only through the runtime that the process hands it: none of these belongs in the bundle.
  serverExternalPackages: ['@aws-sdk/client-sns', '@aws-sdk/client-sqs', '@platformatic/kafka', 'amqplib', 'fauxqs', 'kafkajs', 'kysely', 'msgpackr', 'pino'],
  headers: () => Promise.resolve([{ source: '/:path*', headers: securityHeaders }]),
};

export default config;
