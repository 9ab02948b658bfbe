/** What a side needs to know; the same for both, so that neither has more connections or more at once. */
export interface SideSettings {
  readonly url: string;
  readonly poolSize: number;
  readonly atOnce: number;
  readonly dataDir: string;
}
