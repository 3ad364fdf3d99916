/** Exceptions that frameworks wrap around the real one, which stands at the bottom of the stack trace. spring-kafka 4.1, spring-rabbit 4.0, SmallRye 4.28, the JDK. */
export const javaWrappers: ReadonlySet<string> = new Set([
  'org.springframework.kafka.listener.ListenerExecutionFailedException',
  'org.springframework.kafka.listener.TimestampedException',
  'org.springframework.kafka.support.serializer.DeserializationException',
  'org.springframework.amqp.rabbit.support.ListenerExecutionFailedException',
  'org.springframework.messaging.MessageHandlingException',
  'org.springframework.messaging.MessagingException',
  'io.smallrye.reactive.messaging.providers.ProcessingException',
  'java.util.concurrent.CompletionException',
  'java.util.concurrent.ExecutionException',
  'java.lang.reflect.InvocationTargetException',
  'java.lang.reflect.UndeclaredThrowableException',
]);
