/** Whether nothing of a queue is known yet: to say that it is empty would be a guess. `syncedAt`: when it was last read to its end. */
export function isUnread({
  syncedAt,
  indexed,
}: {
  readonly syncedAt: number | null;
  readonly indexed: number;
}): boolean {
  return syncedAt === null && indexed === 0;
}
