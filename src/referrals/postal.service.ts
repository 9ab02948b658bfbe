import { Injectable } from '@nestjs/common';
import { place } from '../domain/referral/file.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { SENDING_IS_HELD } from '../platform/backup/sending-hold.js';
import { Database, type Tx } from '../platform/database/database.js';
import { DomainError, NotFound } from '../platform/database/errors.js';
import { Write } from '../platform/database/write.js';
import type { Actor } from '../platform/http/actor.js';
import { type Page, pageOf, type PageQuery, readCursor } from '../platform/http/page.js';
import { InvalidInput } from '../platform/http/problem.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import { Keys } from '../platform/keys/keys.module.js';
import type { PostRecorded, RecordPostDto, ReferralToPost } from './postal.dto.js';
import { isRecalled } from './recalled.sql.js';
import { ReferralLifecycle } from './referral-lifecycle.js';
import type { ReferralRow } from './referral.store.js';
import { CLOCK_SKEW_MS, signReceipt } from './signed-receipt.js';

interface Known {
  readonly channel: string;
  readonly authority: string;
  readonly receipted: boolean;
  readonly blocked: boolean;
  readonly scan: string | null;
  /** The same bytes were recorded in this case as a letter of a recipient, which nobody refused. */
  readonly letter: boolean;
  /** Id of a referral for which the same bytes prove another hand-over: to somebody else, or at another time. */
  readonly proves: string | null;
  readonly created_at: Date;
}

/** Referrals that go by registered post: a person hands them over and records the proof, which then is the receipt. */
@Injectable()
export class PostalService {
  constructor(
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
    private readonly keys: Keys,
    private readonly lifecycle: ReferralLifecycle,
  ) {}

  /** What waits to be posted, of the cases this person sees: the most urgent first; nothing that would not leave by any other channel now. */
  async waiting(actor: Actor, query: PageQuery): Promise<Page<ReferralToPost>> {
    const after = readCursor(query.cursor, ['at', 'id']);
    const rows = await this.database.inActorTx(actor.id, (tx) =>
      tx.rows<Omit<ReferralToPost, 'dueAt'> & { dueAt: Date }>(
        `SELECT r.id, r.case_id AS "caseId", r.case_reference AS "caseReference", r.kind, a.code AS authority, o.due_at AS "dueAt"
         FROM referral r JOIN obligation o ON o.id = r.id JOIN authority a ON a.id = r.authority_id
         WHERE a.channel = 'paper' AND NOT ${isRecalled('r.id')} AND NOT f1_blocked(r.case_id, r.authority_id) AND NOT ${SENDING_IS_HELD}
           AND NOT EXISTS (SELECT FROM receipt p WHERE p.referral_id = r.id)
           AND ($1::timestamptz IS NULL OR (o.due_at, r.id) > ($1, $2::uuid))
         ORDER BY o.due_at, r.id LIMIT $3`,
        [after?.['at'] ?? null, after?.['id'] ?? null, query.limit + 1],
        'to_post',
      ),
    );
    const view = (row: (typeof rows)[number]): ReferralToPost => ({ ...row, dueAt: row.dueAt.toISOString() });
    return pageOf(rows, query.limit, view, (row) => ({ at: row.dueAt.toISOString(), id: row.id }));
  }

  /** Records the hand-over once; it counts as any receipt. Refuses an authority that is not reached by post. */
  async record(actor: Actor, id: string, given: RecordPostDto, asked: Preconditions): Promise<PostRecorded> {
    await this.learnChart(actor, id);
    const { key, requestHash } = asked;
    const claim = { actorId: actor.id, key, requestHash, result: { id }, lock: { aggregate: 'referral' as const, id } };
    await this.database.once(claim, async (tx, locked) => {
      if (!locked) throw new NotFound('referral');
      const referral = locked as unknown as ReferralRow;
      const known = await this.knownInTx(tx, referral, given);
      assertPostable(tx, known, given);
      const dataKey = this.dataKeys.ofLocked(locked);
      const sealed = dataKey.seal({ number: given.number, signedBy: given.signedBy }, place('postal_delivery', id));
      const handedOver = new Date(given.handedOverAt);
      const proof = await signReceipt(
        {
          referralId: id,
          bodySha256: referral.body_sha256,
          receivedAt: handedOver.toISOString(),
          scanSha256: known.scan,
          recordHash: sealed.contentHash.toString('hex'),
        },
        this.keys.signing.privateKey,
      );
      const write = new Write();
      await this.lifecycle.applyInTx(tx, write, referral, {
        type: 'RECORD_RECEIPT',
        facts: { actorRoles: ['system'], actorBelongsToRecipient: false, receiptVerified: true },
        actorId: actor.id,
        key: dataKey,
        movesVersion: false,
        facets: { channel: 'paper', authority: known.authority, bodySha256: referral.body_sha256 },
        said: { ...given, handedOverAt: handedOver.toISOString() },
      });
      const of = { referral_id: id, case_id: referral.case_id, recorded_at: tx.now };
      write
        .insert('postal_delivery', {
          ...of,
          handed_over_at: handedOver,
          document_id: given.documentId,
          sealed: sealed.bytes,
          recorded_by: actor.id,
        })
        .insert('receipt', {
          ...of,
          received_at: handedOver,
          channel: 'paper',
          body_sha256: referral.body_sha256,
          proof,
        })
        .runLast(tx);
    });
    return this.recorded(actor, id);
  }

  private async learnChart(actor: Actor, id: string): Promise<void> {
    const row = await this.database.inActorTx(actor.id, (tx) =>
      tx.one<{ workflow_hash: string }>('SELECT workflow_hash FROM referral WHERE id = $1', [id], 'referral_chart'),
    );
    if (!row) throw new NotFound('referral');
    await this.lifecycle.learn(row.workflow_hash);
  }

  private async recorded(actor: Actor, id: string): Promise<PostRecorded> {
    const row = await this.database.inActorTx(actor.id, (tx) =>
      tx.one<{ received_at: Date; proof: string }>(
        `SELECT received_at, proof FROM receipt WHERE referral_id = $1`,
        [id],
        'post_recorded',
      ),
    );
    if (!row) throw new NotFound('receipt');
    return { id, receivedAt: row.received_at.toISOString(), receipt: row.proof };
  }

  private async knownInTx(tx: Tx, referral: ReferralRow, { documentId, handedOverAt }: RecordPostDto): Promise<Known> {
    const known = await tx.one<Known>(
      `SELECT a.channel, a.code AS authority, f1_blocked(r.case_id, r.authority_id) AS blocked, r.created_at,
         EXISTS (SELECT FROM receipt p WHERE p.referral_id = r.id) AS receipted,
         (SELECT d.sha256 FROM document d WHERE d.id = $2 AND d.case_id = r.case_id) AS scan,
         EXISTS (SELECT FROM document d JOIN document x ON x.case_id = d.case_id AND x.sha256 = d.sha256
           JOIN recipient_letter l ON l.document_id = x.id AND l.outcome IS DISTINCT FROM 'refused'
           WHERE d.id = $2 AND d.case_id = r.case_id) AS letter,
         (SELECT p.referral_id FROM document d JOIN document x ON x.case_id = d.case_id AND x.sha256 = d.sha256
            JOIN postal_delivery p ON p.document_id = x.id JOIN referral other ON other.id = p.referral_id
          WHERE d.id = $2 AND d.case_id = r.case_id AND other.id <> r.id
            AND (other.authority_id <> r.authority_id OR p.handed_over_at <> $3) LIMIT 1) AS proves
       FROM referral r JOIN authority a ON a.id = r.authority_id WHERE r.id = $1`,
      [referral.id, documentId, handedOverAt],
      'postable',
    );
    if (!known) throw new NotFound('referral');
    return known;
  }
}

/** Throws what stands in the way: the channel, a receipt there is, a blocked recipient, a time that cannot be, a scan that is not there. */
function assertPostable(tx: Tx, known: Known, { handedOverAt }: RecordPostDto): void {
  const { channel, authority } = known;
  const refuse = (message: string) => new DomainError('conflict', message, { channel, authority });
  if (channel !== 'paper') {
    throw refuse(
      `${authority} is reached by ${channel}, not by post: its receipt comes that way, and cannot be recorded by hand.`,
    );
  }
  if (known.receipted) throw refuse('This referral has its receipt already: read it with the referral.');
  if (known.blocked) {
    throw new DomainError(
      'blockedRecipient',
      `${authority} is a blocked recipient of this case: nothing may be handed over to it. If something was, tell the data-protection officer.`,
    );
  }
  const at = Date.parse(handedOverAt);
  if (at < known.created_at.getTime() || at > tx.now.getTime() + CLOCK_SKEW_MS) {
    const detail = `must lie between the making of the referral (${known.created_at.toISOString()}) and now (${tx.now.toISOString()}); a date alone means midnight UTC: say the time too`;
    throw new InvalidInput([{ pointer: '/handedOverAt', detail }]);
  }
  if (known.scan === null) {
    throw new InvalidInput([{ pointer: '/documentId', detail: 'is no document of this case: add the scan first' }]);
  }
  if (known.letter) {
    const detail = 'is a letter of a recipient, and no advice of receipt: add the scan of the advice itself';
    throw new InvalidInput([{ pointer: '/documentId', detail }]);
  }
  if (known.proves !== null) {
    const detail = `proves another hand-over already, that of the referral ${known.proves}: add the scan of this one's own advice. One letter with several referrals in it has one recipient and one time.`;
    throw new InvalidInput([{ pointer: '/documentId', detail }]);
  }
}
