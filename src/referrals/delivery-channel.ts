/** One stored body on its way to one recipient. */
export interface Parcel {
  readonly referralId: string;
  /** Canonical JSON, the same bytes on every attempt. */
  readonly body: string;
  readonly bodySha256: string;
  readonly channel: 'inbox' | 'webhook';
  readonly endpoint: string | null;
  /** Ed25519 public key of the recipient: SPKI DER in base64. */
  readonly receiptPublicKey: string | null;
}

/** What a recipient says to have received: verified before it gets this far. */
export interface ReceiptClaim {
  readonly referralId: string;
  readonly bodySha256: string;
  /** ISO instant. */
  readonly receivedAt: string;
}

export type DeliveryOutcome =
  | { readonly outcome: 'received'; readonly receivedAt: Date; readonly proof: string }
  | { readonly outcome: 'refused' | 'unreachable' | 'badReceipt'; readonly problem: DeliveryProblem };

/** Why an attempt failed, by name: these go into rows, logs and metrics, and never repeat what the other side said. */
export type DeliveryProblem =
  | 'blockedRecipient'
  | 'authorityDisabled'
  | 'redirect'
  | 'tooManyRequests'
  | 'clientError'
  | 'serverError'
  | 'timeout'
  | 'connectionFailed'
  | 'connectionReset'
  | 'responseTooLarge'
  | 'unsignedReceipt'
  | 'wrongSignature'
  | 'wrongReceipt'
  | 'unforeseen';

/** How a parcel reaches its recipient. It never throws for what the recipient does. */
export interface DeliveryChannel {
  deliver(parcel: Parcel): Promise<DeliveryOutcome>;
}
