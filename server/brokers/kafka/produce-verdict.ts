import { kafkaCode } from '#server/brokers/kafka/kafka-errors.ts';

/** What follows from an error number in an answer to Produce. */
export type ProduceVerdict = 'taken' | 'not-taken-retry' | 'perhaps-taken-retry' | 'refused-for-a-message' | 'refused';

/** The broker and the producer disagree on what was sent: this producer can go on no more. */
export function isOutOfSequence(code: number): boolean {
  return (
    code === kafkaCode.outOfOrderSequence ||
    code === kafkaCode.unknownProducerId ||
    code === kafkaCode.invalidProducerEpoch ||
    code === kafkaCode.producerFenced
  );
}

export function verdictOf(code: number): ProduceVerdict {
  switch (code) {
    case kafkaCode.none:
    // The broker has this very batch already: an answer was lost on the way.
    case kafkaCode.duplicateSequence:
      return 'taken';
    case kafkaCode.unknownTopicOrPartition:
    case kafkaCode.leaderNotAvailable:
    case kafkaCode.notLeaderOrFollower:
    case kafkaCode.brokerNotAvailable:
    case kafkaCode.replicaNotAvailable:
    case kafkaCode.notEnoughReplicas:
    case kafkaCode.kafkaStorageError:
    case kafkaCode.fencedLeaderEpoch:
    case kafkaCode.unknownLeaderEpoch:
    case kafkaCode.throttlingQuotaExceeded:
      return 'not-taken-retry';
    case kafkaCode.requestTimedOut:
    case kafkaCode.networkException:
    case kafkaCode.notEnoughReplicasAfterAppend:
      return 'perhaps-taken-retry';
    case kafkaCode.messageTooLarge:
    case kafkaCode.recordListTooLarge:
    case kafkaCode.invalidRecord:
    case kafkaCode.invalidTimestamp:
    case kafkaCode.corruptMessage:
      return 'refused-for-a-message';
    default:
      return 'refused';
  }
}
