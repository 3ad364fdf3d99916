/** Does the work for each, in their order and so many at a time. */
export async function eachAtOnce<One>(
  all: Iterable<One>,
  atOnce: number,
  work: (one: One) => Promise<void>,
): Promise<void> {
  const rest = [...all].values();
  const workOn = async () => {
    for (const one of rest) await work(one);
  };
  await Promise.all(Array.from({ length: atOnce }, workOn));
}
