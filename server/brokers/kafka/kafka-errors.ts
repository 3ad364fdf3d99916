import { AuthenticationError, NetworkError, ProtocolError, TimeoutError, UserError } from '@platformatic/kafka';
import { AppError, type ErrorCode, type ErrorDetails } from '#lib/domain/errors.ts';
import { silence } from '#server/brokers/broker-errors.ts';

/** What was being done, for the sentence that a person reads. */
export interface ErrorContext {
  readonly connection: string;
  readonly topic?: string;
  readonly address?: string;
}

/** The protocol's error codes that are told apart here; from Kafka's `Errors.java`. */
export const kafkaCode = {
  none: 0,
  offsetOutOfRange: 1,
  corruptMessage: 2,
  unknownTopicOrPartition: 3,
  leaderNotAvailable: 5,
  notLeaderOrFollower: 6,
  requestTimedOut: 7,
  brokerNotAvailable: 8,
  replicaNotAvailable: 9,
  messageTooLarge: 10,
  networkException: 13,
  coordinatorLoading: 14,
  coordinatorNotAvailable: 15,
  notCoordinator: 16,
  invalidTopic: 17,
  recordListTooLarge: 18,
  notEnoughReplicas: 19,
  notEnoughReplicasAfterAppend: 20,
  topicAuthorizationFailed: 29,
  groupAuthorizationFailed: 30,
  clusterAuthorizationFailed: 31,
  invalidTimestamp: 32,
  unsupportedSaslMechanism: 33,
  illegalSaslState: 34,
  unsupportedVersion: 35,
  policyViolation: 44,
  outOfOrderSequence: 45,
  duplicateSequence: 46,
  invalidProducerEpoch: 47,
  transactionalIdAuthorizationFailed: 53,
  kafkaStorageError: 56,
  saslAuthenticationFailed: 58,
  groupIdNotFound: 69,
  unknownProducerId: 59,
  fencedLeaderEpoch: 74,
  unknownLeaderEpoch: 75,
  unsupportedCompression: 76,
  invalidRecord: 87,
  throttlingQuotaExceeded: 89,
  producerFenced: 90,
  unknownTopicId: 100,
  inconsistentTopicId: 103,
} as const;

/** An error number inside an answer. */
export function errorOfCode(code: number, context: ErrorContext): AppError {
  const on = `${context.topic === undefined ? '' : ` (topic ${context.topic})`} on connection ${context.connection}`;
  const details: ErrorDetails = { kafkaCode: code, ...(context.topic !== undefined && { topic: context.topic }) };
  const made = (error: ErrorCode, message: string) => new AppError(error, message, { details });
  switch (code) {
    case kafkaCode.unknownTopicOrPartition:
    case kafkaCode.unknownTopicId:
    case kafkaCode.inconsistentTopicId:
    case kafkaCode.invalidTopic:
      return made('not_found', `There is no such topic or partition${on}. Check the name, or whether it was deleted.`);
    case kafkaCode.topicAuthorizationFailed:
      return made(
        'forbidden',
        `Kafka does not let this account do that${on}. Grant it the topic's permissions (Describe, Read, Write).`,
      );
    case kafkaCode.groupAuthorizationFailed:
      return made(
        'forbidden',
        `Kafka does not let this account see the consumer group${on}. Grant it Describe on groups.`,
      );
    case kafkaCode.clusterAuthorizationFailed:
    case kafkaCode.transactionalIdAuthorizationFailed:
      return made(
        'forbidden',
        `Kafka does not let this account do that on the cluster${on}. Grant it the permission in Kafka's ACLs.`,
      );
    case kafkaCode.saslAuthenticationFailed:
    case kafkaCode.unsupportedSaslMechanism:
    case kafkaCode.illegalSaslState:
      return made(
        'unauthenticated',
        `Kafka refused the user name, the password or the SASL mechanism${on}. Check the credentials.`,
      );
    case kafkaCode.messageTooLarge:
    case kafkaCode.recordListTooLarge:
      return made(
        'too_large',
        `The message is larger than the topic takes${on}. Raise its max.message.bytes, or leave the message out.`,
      );
    case kafkaCode.requestTimedOut:
      return made('timed_out', `Kafka did not finish in time${on}. Try again.`);
    case kafkaCode.unsupportedVersion:
      return made('unsupported', `This Kafka is too old for what was asked${on}. Version 3.5 or newer is needed.`);
    case kafkaCode.notEnoughReplicas:
    case kafkaCode.notEnoughReplicasAfterAppend:
      return made(
        'rejected',
        `Too few replicas are in sync to take the message safely${on}. Bring the brokers back, then try again.`,
      );
    case kafkaCode.invalidRecord:
    case kafkaCode.invalidTimestamp:
    case kafkaCode.policyViolation:
    case kafkaCode.corruptMessage:
    case kafkaCode.unsupportedCompression:
      return made(
        'rejected',
        `Kafka refused the message as invalid for this topic${on} (Kafka's error ${code}). Check the topic's settings.`,
      );
    case kafkaCode.leaderNotAvailable:
    case kafkaCode.notLeaderOrFollower:
    case kafkaCode.brokerNotAvailable:
    case kafkaCode.replicaNotAvailable:
    case kafkaCode.networkException:
    case kafkaCode.coordinatorLoading:
    case kafkaCode.coordinatorNotAvailable:
    case kafkaCode.notCoordinator:
    case kafkaCode.kafkaStorageError:
    case kafkaCode.fencedLeaderEpoch:
    case kafkaCode.unknownLeaderEpoch:
    case kafkaCode.throttlingQuotaExceeded:
      return made(
        'interrupted',
        `The cluster is moving or overloaded (Kafka's error ${code})${on}. Try again in a moment.`,
      );
    default:
      return made(
        'internal',
        `Kafka answered with its error ${code}${on}, which is not expected here. Please report this.`,
      );
  }
}

const unreachableCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EADDRNOTAVAIL',
]);

/**
 * Anything thrown by the client, while connecting or while waiting for an answer. Told apart by classes and codes; the client's own
 * messages are not repeated, because they may quote what the server said.
 */
export function translateError(error: unknown, phase: 'connecting' | 'waiting', context: ErrorContext): AppError {
  if (error instanceof AppError) return error;
  const chain = [...causes(error)];
  const at = `${context.address === undefined ? '' : ` at ${context.address}`} (connection ${context.connection})`;
  const made = (code: ErrorCode, message: string) =>
    new AppError(code, message, { details: detailsOf(context), cause: error });

  const protocol = chain.find((each) => each instanceof ProtocolError);
  if (protocol && typeof protocol['apiCode'] === 'number') return errorOfCode(protocol['apiCode'], context);
  if (chain.some((each) => each instanceof AuthenticationError)) {
    return made(
      'unauthenticated',
      `Kafka${at} refused the user name or the password. Check the credentials and the SASL mechanism.`,
    );
  }
  const native = chain.map(nativeCode);
  if (
    native.some(
      (code) => code !== null && (code.startsWith('CERT_') || code.startsWith('UNABLE_TO_') || tlsCodes.has(code)),
    )
  ) {
    return made(
      'unauthenticated',
      `The certificate of Kafka${at} is not trusted. Configure its certificate authority.`,
    );
  }
  if (native.some((code) => code !== null && code.startsWith('ERR_SSL_'))) {
    return made(
      'unreachable',
      `What answers${at} does not speak TLS as configured. Check the port and whether TLS should be on.`,
    );
  }
  if (native.some((code) => code !== null && unreachableCodes.has(code))) {
    return made(
      'unreachable',
      `Kafka cannot be reached${at}. Check the address, the network and whether the broker runs.`,
    );
  }
  if (chain.some((each) => each instanceof TimeoutError)) {
    return phase === 'connecting'
      ? made('unreachable', silence(`Kafka${at}`, null))
      : made('timed_out', silence(`Kafka${at}`, null));
  }
  // A listener that wants a password or TLS just hangs up on a client that offers none, so the sentence has to name that too.
  if (
    chain.some((each) => each instanceof NetworkError || each instanceof UserError) ||
    native.some((code) => code === 'ECONNRESET' || code === 'EPIPE')
  ) {
    return phase === 'connecting'
      ? made(
          'unreachable',
          `Kafka${at} closed the connection at once. Check the port, and whether it expects TLS or a password.`,
        )
      : made(
          'interrupted',
          `The connection to Kafka broke${at}. Try again; if it happens at once, check whether it expects TLS or a password.`,
        );
  }
  return made('internal', `Talking to Kafka failed in an unexpected way${at}. Please report this.`);
}

export function cancelled(): AppError {
  return new AppError('cancelled', 'Stopped before it was finished.');
}

const tlsCodes = new Set(['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'ERR_TLS_CERT_ALTNAME_INVALID']);

function detailsOf(context: ErrorContext): ErrorDetails {
  return {
    connection: context.connection,
    ...(context.address !== undefined && { address: context.address }),
    ...(context.topic !== undefined && { topic: context.topic }),
  };
}

function nativeCode(error: Error): string | null {
  return 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** The error and what caused it; the client wraps several levels deep, and gathers errors of several brokers in one. */
function* causes(error: unknown, depth = 0): Generator<Error> {
  if (!(error instanceof Error) || depth > 8) return;
  yield error;
  if (error instanceof AggregateError) for (const each of error.errors) yield* causes(each, depth + 1);
  yield* causes(error.cause, depth + 1);
}
