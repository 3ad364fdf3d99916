/** A failure of a Spring service, as its dead-letter headers tell it. */
export interface JavaFailure {
  /** What Spring wraps every failure of a listener in. */
  readonly fqcn: string;
  readonly causeFqcn: string;
  readonly message: string;
  readonly stackTrace: string;
}

const listenerFqcn = 'org.springframework.kafka.listener.ListenerExecutionFailedException';

/** Words and frames as Spring Kafka 3 prints them for a record listener: the wrapper first, then the cause that matters. */
export function listenerFailure(cause: { fqcn: string; message: string; frames: readonly string[] }): JavaFailure {
  const method =
    'public void com.example.shop.ledger.CaptureListener.onCaptured(org.apache.kafka.clients.consumer.ConsumerRecord)';
  const message = `Listener method '${method}' threw exception`;
  const stackTrace = [
    `${listenerFqcn}: ${message}`,
    ...indented([
      'org.springframework.kafka.listener.adapter.MessagingMessageListenerAdapter.invokeHandler(MessagingMessageListenerAdapter.java:376)',
      'org.springframework.kafka.listener.adapter.RecordMessagingMessageListenerAdapter.onMessage(RecordMessagingMessageListenerAdapter.java:92)',
      'org.springframework.kafka.listener.KafkaMessageListenerContainer$ListenerConsumer.doInvokeOnMessage(KafkaMessageListenerContainer.java:2873)',
      'org.springframework.kafka.listener.KafkaMessageListenerContainer$ListenerConsumer.lambda$doInvokeRecordListener$57(KafkaMessageListenerContainer.java:2778)',
      'io.micrometer.observation.Observation.observe(Observation.java:565)',
      'java.base/java.lang.Thread.run(Thread.java:840)',
    ]),
    `Caused by: ${cause.fqcn}: ${cause.message}`,
    ...indented([
      ...cause.frames,
      'com.example.shop.ledger.CaptureListener.onCaptured(CaptureListener.java:58)',
      'java.base/jdk.internal.reflect.DirectMethodHandleAccessor.invoke(DirectMethodHandleAccessor.java:103)',
    ]),
    '\t... 12 more',
    '',
  ].join('\n');
  return { fqcn: listenerFqcn, causeFqcn: cause.fqcn, message: `${message}; ${cause.message}`, stackTrace };
}

function indented(frames: readonly string[]): string[] {
  return frames.map((frame) => `\tat ${frame}`);
}
