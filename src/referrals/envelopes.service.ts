import { Injectable } from '@nestjs/common';
import { place } from '../domain/referral/file.js';
import { Config } from '../platform/config/config.js';
import { Database, type Tx } from '../platform/database/database.js';
import { sha256 } from '../platform/database/sealing.js';
import { Keys } from '../platform/keys/keys.module.js';
import type { Outgoing } from './delivery-channel.js';
import type { StartedParcel, StoredEnvelope } from './delivery.store.js';
import { envelopeOf } from './envelope.js';

/**
 * Gives the bytes that leave for a recipient outside. The envelope is made at the first attempt and stored before anything
 * leaves: then the keys are those in force when it is sent and not those of a decision weeks before, and a decision never waits
 * for it. Every later attempt sends the stored bytes. Only when one of its keys was revoked is another one made, for nobody
 * may be sent what a lost key opens.
 */
@Injectable()
export class EnvelopesService {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly keys: Keys,
  ) {}

  /** Undefined: it must not leave, because no key of the recipient is known; outside production it then goes as it is, for good. */
  async outgoing(parcel: StartedParcel): Promise<Outgoing | undefined> {
    if (parcel.channel === 'inbox' || parcel.channel === 'paper' || parcel.plain) return plainly(parcel);
    const stored = parcel.envelope;
    if (stored && !stored.spoilt) {
      const body = parcel.key().open<string>(stored.sealed, placeOf(parcel.referralId, stored.number));
      return { body, bodySha256: stored.sha256, encrypted: true };
    }
    if (parcel.encryptionKeys.length > 0) return this.make(parcel, (stored?.number ?? 0) + 1);
    if (this.config.NODE_ENV === 'production' || stored) return undefined;
    await this.database.inWorkerTx((tx) =>
      tx.rows('UPDATE outbox SET plain = true WHERE referral_id = $1', [parcel.referralId], 'outbox_plain'),
    );
    return plainly(parcel);
  }

  /** Whoever stores it first made it: a worker that was thought dead sends the other one's bytes. */
  private async make(parcel: StartedParcel, number: number): Promise<Outgoing> {
    const { referralId, encryptionKeys } = parcel;
    const key = parcel.key();
    const body = await envelopeOf(parcel.open(), this.keys.signing, encryptionKeys);
    const at = placeOf(referralId, number);
    const bodySha256 = sha256(body).toString('hex');
    const earlier = await this.database.inWorkerTx(async (tx) => {
      const keyIds = encryptionKeys.map(({ id }) => id);
      const made = await tx.one(
        `INSERT INTO envelope (referral_id, number, case_id, sealed, sha256, key_ids) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING RETURNING number`,
        [referralId, number, key.caseId, key.seal(body, at).bytes, bodySha256, keyIds],
        'envelope_add',
      );
      return made ? undefined : this.storedInTx(tx, referralId, number);
    });
    if (!earlier) return { body, bodySha256, encrypted: true };
    return { body: key.open<string>(earlier.sealed, at), bodySha256: earlier.sha256, encrypted: true };
  }

  private async storedInTx(
    tx: Tx,
    referralId: string,
    number: number,
  ): Promise<Pick<StoredEnvelope, 'sealed' | 'sha256'>> {
    const stored = await tx.one<Pick<StoredEnvelope, 'sealed' | 'sha256'>>(
      'SELECT sealed, sha256 FROM envelope WHERE referral_id = $1 AND number = $2',
      [referralId, number],
      'envelope_made',
    );
    if (!stored) throw new Error(`the envelope of referral ${referralId} is gone`);
    return stored;
  }
}

const placeOf = (referralId: string, number: number): string => place('envelope', referralId, number);

const plainly = (parcel: StartedParcel): Outgoing => ({
  body: parcel.open(),
  bodySha256: parcel.packageSha256,
  encrypted: false,
});
