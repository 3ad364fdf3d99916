/**
 * Names that the retry topic of a topic, or of the consumer group that failed, may have; whether there is one has to be asked. Spring Kafka's numbered ones
 * (`orders-retry-0`, RetryTopicConstants), its single one (`orders-retry`), and what other frameworks and houses call theirs.
 */
export function retryTopicsOf(topic: string, failedIn: string | null): readonly string[] {
  const first = topic.replace(/-retry(?:-\d+)?$/, '');
  const ofTopic = ['-retry-0', '-retry', '.retry', '_retry'].map((suffix) => `${first}${suffix}`);
  // A group's name, and no sentence about several places.
  const group = failedIn !== null && failedIn !== topic && /^[\w.-]+$/.test(failedIn) ? failedIn : null;
  const ofGroup =
    group === null
      ? []
      : [`${first}-${group}-retry`, `${group}-${first}-retry`, `${first}.${group}.retry`, `${group}-retry`];
  return [...ofTopic, ...ofGroup].filter((name) => name !== topic && name.length <= 249);
}
