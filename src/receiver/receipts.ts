import { CompactSign } from 'jose';
import { createHash, type KeyObject } from 'node:crypto';
import { openEnvelope } from './envelope.js';
import type { LoggedReceipt, ReceiptLog } from './receipt-log.js';

export interface ReceiptOffice {
  readonly log: ReceiptLog;
  /** Signs receipts. */
  readonly privateKey: KeyObject;
  /** Open what is encrypted to this receiver; without one it takes what comes in clear. */
  readonly opens?: readonly KeyObject[];
  /** The sender's public key; asked each time, so that it may be learned later. */
  readonly sender: () => KeyObject | undefined;
}

export type Taken = { readonly receipt: string } | { readonly why: string };

/** Checks what came, puts what is new on disk, and signs; a duplicate is given the same receipt again. */
export async function take(office: ReceiptOffice, id: string, body: Buffer, encrypted: boolean): Promise<Taken> {
  const { log, privateKey, opens = [] } = office;
  const sender = office.sender();
  if (!sender) return { why: 'no sender key is configured' };
  const bodySha256 = sha256(body);
  let packageSha256 = bodySha256;
  if (encrypted) {
    const opened = await openEnvelope(body.toString('utf8'), id, { own: opens, sender });
    if (!opened.ok) return { why: opened.why };
    ({ packageSha256 } = opened);
  }
  const again = async (known: LoggedReceipt): Promise<Taken> => {
    await log.addDuplicate(id, now(), { bodySha256, packageSha256 });
    return { receipt: known.receipt };
  };
  const known = log.find(id);
  if (known) return again(known);
  const receivedAt = now();
  const receipt = await signed({ referralId: id, bodySha256, packageSha256, receivedAt }, privateKey);
  // Signing took a turn: another copy of the same message may have been logged meanwhile.
  const meanwhile = log.find(id);
  if (meanwhile) return again(meanwhile);
  await log.add({ id, bodySha256, packageSha256, receivedAt, receipt });
  return { receipt };
}

/** What it says to have received, all of it, for whoever sent it to compare. */
export const statement = ({ log, privateKey }: ReceiptOffice): Promise<string> =>
  signed({ format: 'f1-statement/1', at: now(), referrals: log.list() }, privateKey);

export const signed = (claim: object, privateKey: KeyObject): Promise<string> =>
  new CompactSign(Buffer.from(JSON.stringify(claim))).setProtectedHeader({ alg: 'EdDSA' }).sign(privateKey);

export const now = (): string => new Date().toISOString();
export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
