/** What the sandbox knows of a running service of the shop. */
export interface ShopService {
  /** Deploys the mended release, or rolls back to the broken one. What is in hand is finished with the release it began with. */
  setMended(mended: boolean): Promise<void>;
  running(): boolean;
  /** Finishes what is in hand, stops consuming and disconnects. */
  stop(): Promise<void>;
}

/** Counted by the sandbox for its page. */
export interface Tally {
  processed(): void;
  failed(): void;
}
