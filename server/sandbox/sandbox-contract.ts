import type { BrokerKind } from '#lib/domain/message.ts';

/** Everything that a page shows of the sandbox; plain data, so that it passes thread boundaries and HTTP as it is. */
export interface SandboxState {
  readonly connections: readonly SandboxConnection[];
  readonly services: readonly SandboxService[];
}

/** A broker of the sandbox: how to reach it, known before it runs, and whether it does. */
export type SandboxConnection = SandboxConnectionSettings & SandboxConnectionProgress;

export type SandboxConnectionSettings =
  | { readonly name: 'kafka'; readonly kind: 'kafka'; readonly brokers: readonly string[] }
  | { readonly name: 'rabbitmq'; readonly kind: 'rabbitmq'; readonly url: string; readonly managementUrl: string }
  | {
      readonly name: 'sqs';
      readonly kind: 'sqs';
      readonly endpoint: string;
      readonly region: string;
      readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    };

export type SandboxConnectionProgress =
  | { readonly state: 'starting'; readonly step: string }
  /** It answers, its queues exist, the first dead letters are there, and the services consume. */
  | { readonly state: 'running' }
  /** This machine cannot run it, or it failed to start; `remedy` is the one command that would change that. */
  | { readonly state: 'not-started'; readonly reason: string; readonly remedy: string };

export interface SandboxService {
  readonly id: SandboxServiceId;
  readonly name: string;
  readonly broker: BrokerKind;
  /** The connection's name, which is also the first part of a queue's id. */
  readonly connection: SandboxConnection['name'];
  /** What it consumes. */
  readonly queue: string;
  readonly deadLetterQueue: string;
  /** A sentence: what is broken. */
  readonly problem: string;
  /** A sentence: what the switch changes. */
  readonly mend: string;
  /** What to filter the dead-letter queue by to find only messages that the mend cures; `null` where they carry no error text. */
  readonly errorText: string | null;
  readonly mended: boolean;
  /** Since this process started. */
  readonly processed: number;
  readonly failed: number;
  /** Whether it is up and connected to its broker. */
  readonly running: boolean;
}

export const sandboxServiceIds = [
  'notifications',
  'ledger',
  'email',
  'fulfilment',
  'invoices',
  'billing',
  'subscriptions',
  'labels',
  'tracking',
] as const;

export type SandboxServiceId = (typeof sandboxServiceIds)[number];

/** Kept in `ports.json`. `sqs` is the only one whose server lives in this process. */
export interface SandboxPorts {
  readonly kafka: { readonly plaintext: number; readonly controller: number };
  readonly rabbitmq: {
    readonly amqp: number;
    readonly management: number;
    readonly distribution: number;
    readonly epmd: number;
  };
  readonly sqs: { readonly http: number };
}

export interface SandboxThreadData {
  readonly folder: string;
  readonly ports: SandboxPorts;
}

/** From the main thread to the sandbox's. */
export type SandboxRequest =
  | {
      readonly kind: 'set-mended';
      readonly requestId: number;
      readonly serviceId: SandboxServiceId;
      readonly mended: boolean;
    }
  /** The brokers may start. */
  | { readonly kind: 'begin' }
  | { readonly kind: 'stop' };

/** From the sandbox's thread to the main one. */
export type SandboxReport =
  | { readonly kind: 'state'; readonly state: SandboxState }
  | { readonly kind: 'answer'; readonly requestId: number; readonly error: string | null }
  | { readonly kind: 'log'; readonly line: string }
  | { readonly kind: 'stopped' };
