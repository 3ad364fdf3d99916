/** The partition that Java's and kafkajs' default partitioners choose for a key (Utils.murmur2, BuiltInPartitioner.java). */
export function partitionOfKey(key: Uint8Array, partitionCount: number): number {
  // The sign bit is cut off and not turned: @platformatic/kafka's own partitioner reads the hash as unsigned and disagrees for half the keys.
  return (murmur2(key) & 0x7fffffff) % partitionCount;
}

function murmur2(data: Uint8Array): number {
  const m = 0x5bd1e995;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const words = data.length >>> 2;
  let hash = 0x9747b28c ^ data.length;
  for (let index = 0; index < words; index += 1) {
    let word = Math.imul(view.getInt32(index * 4, true), m);
    word ^= word >>> 24;
    hash = Math.imul(hash, m) ^ Math.imul(word, m);
  }
  const rest = words * 4;
  if (data.length > rest) {
    for (let index = rest; index < data.length; index += 1) hash ^= (data[index] ?? 0) << (8 * (index - rest));
    hash = Math.imul(hash, m);
  }
  hash ^= hash >>> 13;
  hash = Math.imul(hash, m);
  return hash ^ (hash >>> 15);
}
