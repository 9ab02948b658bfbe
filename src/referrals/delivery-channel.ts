export const CHANNELS = ['inbox', 'webhook', 'file', 'paper'] as const;
export type Channel = (typeof CHANNELS)[number];

/** What leaves for one recipient, the same bytes on every attempt. */
export interface Outgoing {
  /** An envelope (JWE, general JSON), or the canonical JSON of the package where no envelope is made. */
  readonly body: string;
  readonly bodySha256: string;
  readonly encrypted: boolean;
}

/** One stored body on its way to one recipient. */
export interface Parcel extends Outgoing {
  readonly referralId: string;
  readonly channel: Channel;
  /** Where to: a URL; for a drop folder `file:///...`. */
  readonly endpoint: string | null;
  readonly receipts: ReceiptTerms;
}

/** Which receipts count. */
export interface ReceiptTerms {
  /** Ed25519 public keys of the recipient that are in force: SPKI DER in base64. */
  readonly keys: readonly string[];
  /** SHA-256 (hex) of everything that may have been sent: after a key was revoked there is more than one envelope. */
  readonly bodies: readonly string[];
  /** SHA-256 (hex) of the package in them: a receipt that names it counts for an envelope that is known no more, as after a restore. */
  readonly packageSha256: string;
  readonly referral: ReferralAge;
}

/** By the clock of the database, which need not be the one of this process. */
export interface ReferralAge {
  readonly madeAt: Date;
  /** When the receipt was asked for, or looked at. */
  readonly askedAt: Date;
}

/** What a recipient says to have received: verified before it gets this far. */
export interface ReceiptClaim {
  readonly referralId: string;
  readonly bodySha256: string;
  /** SHA-256 (hex) of the package that was in it. */
  readonly packageSha256?: string;
  /** ISO instant. */
  readonly receivedAt: string;
}

/** A receipt that was checked. */
export interface Received {
  readonly outcome: 'received';
  readonly receivedAt: Date;
  /** Of what was sent; of the package, where the receipt is for an envelope that is known no more. */
  readonly bodySha256: string;
  readonly proof: string;
}

export type DeliveryOutcome =
  | Received
  /** Done what can be done now; the proof comes by another way, and the next attempt only reminds. */
  | { readonly outcome: 'waiting'; readonly problem: 'awaitingReceipt' | 'awaitingPost' }
  | { readonly outcome: 'refused' | 'unreachable' | 'badReceipt'; readonly problem: DeliveryProblem };

/** Why an attempt failed, by name: these go into rows, logs and metrics, and never repeat what the other side said. */
export type DeliveryProblem =
  | 'blockedRecipient'
  | 'authorityDisabled'
  | 'noEncryptionKey'
  | 'redirect'
  | 'tooManyRequests'
  | 'clientError'
  | 'notAdmitted'
  | 'serverError'
  | 'timeout'
  | 'connectionFailed'
  | 'connectionReset'
  | 'responseTooLarge'
  | 'unsignedReceipt'
  | 'wrongSignature'
  | 'wrongReceipt'
  | 'receiptBeforeReferral'
  | 'dropFolder'
  | 'foreignFile'
  | 'unforeseen';

/** How a parcel reaches its recipient. It never throws for what the recipient does. */
export interface DeliveryChannel {
  deliver(parcel: Parcel): Promise<DeliveryOutcome>;
}
