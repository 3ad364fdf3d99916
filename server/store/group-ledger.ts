import type { GroupDecision, GroupNote, GroupSplit, GroupTriage, SavedView } from '#lib/domain/error-group.ts';

/** The part of the ledger that holds what people decided about groups, and the views that they saved. It knows fingerprints only by what it was told. */
export interface GroupLedger {
  /** Every group that somebody decided something about. */
  listTriage(): Promise<readonly GroupTriage[]>;
  /**
   * Writes all of a change or nothing. Merging takes those along that were merged into this one, and goes to the group that the target was merged into.
   * `conflict` for a circle, for a split group that is to be merged or the other way round, and for anything else about a group that is merged into
   * another: it has no state of its own.
   */
  changeGroup(fingerprint: string, change: TriageChange, by: string, at: number): Promise<void>;
  /** Of any of these groups, newest first. */
  listNotes(fingerprints: readonly string[]): Promise<readonly GroupNote[]>;
  listSplits(): Promise<readonly GroupSplit[]>;

  /** By name. */
  listViews(): Promise<readonly SavedView[]>;
  /** `conflict` where another view has the name, whatever its case. */
  saveView(view: Omit<SavedView, 'id' | 'changedAt'>): Promise<SavedView>;
  /** What is absent stays. `not_found`, or `conflict` for the name. */
  changeView(id: string, change: ViewChange, at: number): Promise<SavedView>;
  /** `not_found` where it is gone already. */
  deleteView(id: string): Promise<void>;
}

/** What is absent stays. */
export interface TriageChange {
  readonly decision?: GroupDecision;
  readonly owner?: string | null;
  readonly note?: string;
  /** `null` takes it out again. */
  readonly mergeInto?: string | null;
  /** `null` joins its parts again. */
  readonly splitBy?: GroupSplit['by'] | null;
}

export type ViewChange = Partial<Pick<SavedView, 'name' | 'queueId' | 'page' | 'filter' | 'range'>>;
