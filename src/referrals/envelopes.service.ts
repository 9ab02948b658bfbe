import { Injectable } from '@nestjs/common';
import { place } from '../domain/referral/file.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { sha256 } from '../platform/database/sealing.js';
import { Together } from '../platform/database/together.js';
import { Keys } from '../platform/keys/keys.module.js';
import type { SigningKey } from '../platform/keys/signing-key.js';
import type { Outgoing } from './delivery-channel.js';
import type { StartedParcel, StoredEnvelope } from './delivery.store.js';
import { envelopeOf } from './envelope.js';

interface NewEnvelope {
  readonly referralId: string;
  readonly number: number;
  readonly caseId: string;
  readonly sealed: Buffer;
  readonly sha256: string;
  readonly signedBy: string;
  readonly keyIds: readonly string[];
}

/**
 * Gives the bytes that leave for a recipient outside. The envelope is made at the first attempt and stored before anything
 * leaves: then the keys are those in force when it is sent and not those of a decision weeks before, and a decision never waits
 * for it. Every later attempt sends the stored bytes. Another one is made only when one of its keys was revoked, for nobody may be
 * sent what a lost key opens, or when none is in force any more or ours that signed it counts no more, for then nobody could open and check it.
 */
@Injectable()
export class EnvelopesService {
  private readonly adding = new Together((made: readonly NewEnvelope[]) => this.addAll(made));

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly keys: Keys,
  ) {}

  /** Undefined: it must not leave, because no key of the recipient is known; outside production it then goes as it is, as long as it is tried there. */
  async outgoing(parcel: StartedParcel): Promise<Outgoing | undefined> {
    const production = this.config.NODE_ENV === 'production';
    if (parcel.channel === 'inbox' || parcel.channel === 'paper') return plainly(parcel);
    // What was begun in clear outside production, or before there were envelopes, is no leave to go on so here.
    if (parcel.plain && !production) return plainly(parcel);
    const stored = parcel.envelope;
    if (stored && !stored.spoilt && !outlived(stored, this.keys.signing, parcel.startedAt)) {
      const body = parcel.key().open<string>(stored.sealed, placeOf(parcel.referralId, stored.number));
      return { body, bodySha256: stored.sha256, encrypted: true };
    }
    if (parcel.encryptionKeys.length > 0) return this.make(parcel, (stored?.number ?? 0) + 1);
    if (production || stored) return undefined;
    await this.database.inWorkerTx((tx) =>
      tx.rows('UPDATE outbox SET plain = true WHERE referral_id = $1', [parcel.referralId], 'outbox_plain'),
    );
    return plainly(parcel);
  }

  /** Whoever stores it first made it: a worker that was thought dead sends the other one's bytes. */
  private async make(parcel: StartedParcel, number: number): Promise<Outgoing> {
    const { referralId, encryptionKeys } = parcel;
    const key = parcel.key();
    const { signing } = this.keys;
    const body = await envelopeOf(parcel.open(), signing, encryptionKeys);
    const at = placeOf(referralId, number);
    const bodySha256 = sha256(body).toString('hex');
    const sealed = key.seal(body, at).bytes;
    const keyIds = encryptionKeys.map(({ id }) => id);
    const made = { referralId, number, caseId: key.caseId, sealed, sha256: bodySha256, signedBy: signing.id, keyIds };
    if (await this.adding.do(made)) return { body, bodySha256, encrypted: true };
    const earlier = await this.stored(referralId, number);
    return { body: key.open<string>(earlier.sealed, at), bodySha256: earlier.sha256, encrypted: true };
  }

  /** Says of each whether it was stored; false: another one is stored under its number. */
  private async addAll(made: readonly NewEnvelope[]): Promise<boolean[]> {
    const tuples = made.map(
      (_, n) => `(${Array.from({ length: 7 }, (_value, column) => `$${n * 7 + column + 1}`).join(', ')})`,
    );
    const rows = await this.database.inWorkerTx((tx) =>
      tx.rows<{ referral_id: string; number: number }>(
        `INSERT INTO envelope (referral_id, number, case_id, sealed, sha256, signed_by, key_ids) VALUES ${tuples.join(', ')}
         ON CONFLICT DO NOTHING RETURNING referral_id, number`,
        made.flatMap(({ referralId, number, caseId, sealed, sha256: hash, signedBy, keyIds }) => [
          ...[referralId, number, caseId, sealed, hash, signedBy, keyIds],
        ]),
        'envelope_add',
      ),
    );
    const stored = new Set(rows.map(({ referral_id, number }) => placeOf(referral_id, number)));
    return made.map(({ referralId, number }) => stored.delete(placeOf(referralId, number)));
  }

  private async stored(referralId: string, number: number): Promise<Pick<StoredEnvelope, 'sealed' | 'sha256'>> {
    const stored = await this.database.inWorkerTx((tx) =>
      tx.one<Pick<StoredEnvelope, 'sealed' | 'sha256'>>(
        'SELECT sealed, sha256 FROM envelope WHERE referral_id = $1 AND number = $2',
        [referralId, number],
        'envelope_made',
      ),
    );
    if (!stored) throw new Error(`the envelope of referral ${referralId} is gone`);
    return stored;
  }
}

/**
 * Whether a former key of ours signed it that counts no more: its recipient may have put that key away. A key that is not known
 * here is that of a process that was started later.
 */
const outlived = ({ signedBy, madeAt }: StoredEnvelope, { former }: SigningKey, now: Date): boolean =>
  former.some(({ id, until }) => until < now && (signedBy === null ? madeAt <= until : id === signedBy));

const placeOf = (referralId: string, number: number): string => place('envelope', referralId, number);

const plainly = (parcel: StartedParcel): Outgoing => ({
  body: parcel.open(),
  bodySha256: parcel.packageSha256,
  encrypted: false,
});
