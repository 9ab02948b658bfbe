import type { BenchReceiver } from './receiver.js';

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

/** For whoever decides in the benchmark of referrals. */
export interface DecidingSettings extends SideSettings {
  readonly perSecond: number;
}

export interface WorkingSettings extends SideSettings {
  readonly redisUrl: string | undefined;
}

/** For a queue that does one signed POST per job. */
export interface PeerSettings extends WorkingSettings {
  readonly concurrency: number;
  readonly receiver: Pick<BenchReceiver, 'endpoint' | 'receiptPublicKey' | 'encryptionPublicKey'>;
  /** The key that the receiver trusts. */
  readonly signing: { readonly id: string; readonly pkcs8: string };
  /** A real package; each job sends one of its size. */
  readonly pattern: object;
}
