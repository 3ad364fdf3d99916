import type { ItemChange, ItemIntent } from '#server/store/store.ts';

/** Items with one mark, in the order given. What a thread is handed costs by its objects: of a batch only the ids differ. */
export interface AlikeIntents {
  readonly watermark: string | null;
  readonly itemIds: readonly string[];
}

/** Items that change alike, in the order given. */
export interface AlikeItems extends Pick<ItemChange, 'state' | 'reason'> {
  readonly itemIds: readonly string[];
  /** One for each; absent where none has one. */
  readonly sentPositions?: readonly (string | null)[];
}

export function alikeIntents(items: readonly ItemIntent[]): AlikeIntents[] {
  return inRuns(items, (a, b) => a.watermark === b.watermark).map((run) => ({
    watermark: run[0].watermark,
    itemIds: run.map(({ itemId }) => itemId),
  }));
}

export function toIntents(alike: readonly AlikeIntents[]): ItemIntent[] {
  return alike.flatMap(({ watermark, itemIds }) => itemIds.map((itemId) => ({ itemId, watermark })));
}

export function alikeItems(changes: readonly ItemChange[]): AlikeItems[] {
  const isAlike = (a: ItemChange, b: ItemChange) =>
    a.state === b.state && a.reason === b.reason && hasPosition(a) === hasPosition(b);
  return inRuns(changes, isAlike).map((run) => {
    const [{ state, reason }] = run;
    return {
      state,
      ...(reason && { reason }),
      itemIds: run.map(({ itemId }) => itemId),
      ...(hasPosition(run[0]) && { sentPositions: run.map(({ sentPosition }) => sentPosition ?? null) }),
    };
  });
}

export function toChanges(alike: readonly AlikeItems[]): ItemChange[] {
  return alike.flatMap(({ state, reason, itemIds, sentPositions }) =>
    itemIds.map((itemId, index): ItemChange => ({
      itemId,
      state,
      ...(reason && { reason }),
      ...(sentPositions && { sentPosition: sentPositions[index] ?? null }),
    })),
  );
}

function hasPosition({ sentPosition }: ItemChange): boolean {
  return (sentPosition ?? null) !== null;
}

/** Neighbours that are alike stay together, and nothing changes its place: an item may be there twice. */
function inRuns<Each>(all: readonly Each[], isAlike: (a: Each, b: Each) => boolean): [Each, ...Each[]][] {
  const runs: [Each, ...Each[]][] = [];
  let run: [Each, ...Each[]] | undefined;
  for (const each of all) {
    if (run && isAlike(run[0], each)) run.push(each);
    else runs.push((run = [each]));
  }
  return runs;
}
