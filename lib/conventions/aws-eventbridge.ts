import type { Convention } from '#lib/conventions/convention.ts';

const owned = /^(?:RULE_ARN|TARGET_ARN|ERROR_CODE|ERROR_MESSAGE|EXHAUSTED_RETRY_CONDITION|RETRY_ATTEMPTS)$/;

/** An EventBridge rule that could not reach its target. The target's ARN says where it failed; it need not be a queue, so it is no destination. */
export const awsEventBridge: Convention = {
  name: 'AWS EventBridge',
  marks: ['rule_arn'],
  owns: (name) => owned.test(name),
  read({ headers, queue }) {
    if (queue.kind !== 'sqs') return null;
    const retries = headers.integer('retry_attempts');
    return {
      failure: {
        errorClass: headers.firstText('error_code'),
        errorMessage: headers.firstText('error_message'),
        reason: headers.firstText('exhausted_retry_condition'),
        attempts: retries === undefined ? undefined : retries + 1,
      },
      origin: { failedIn: headers.firstText('target_arn', 'rule_arn') },
    };
  },
};
