/** What a side needs to know; the same for both, so that neither has more connections or more at once. */
export interface SideSettings {
  readonly url: string;
  readonly poolSize: number;
  readonly atOnce: number;
  readonly dataDir: string;
}

/** For the client of the HTTP benchmark. */
export interface ClientSettings {
  readonly port: number;
  readonly atOnce: number;
  /** Bearer tokens by user name. */
  readonly tokens: Readonly<Record<string, string>>;
}

/** For the delivery benchmark. */
export interface DeliverySettings extends SideSettings {
  readonly redisUrl: string | undefined;
  readonly perSecond: number;
}
