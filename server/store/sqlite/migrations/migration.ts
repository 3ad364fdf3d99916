/** One step of a file's layout. A step that was released is never changed: what comes later is a step of its own. */
export interface Migration {
  /** Rising by one, from 1; kept in `PRAGMA user_version`. */
  readonly version: number;
  readonly statements: string;
}
