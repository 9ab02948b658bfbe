import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DeadlinesService } from '../deadlines/deadlines.service.js';
import { place } from '../domain/referral/file.js';
import { grantStateAt, grantUntil } from '../domain/referral/grant.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database } from '../platform/database/database.js';
import { DomainError, NotFound } from '../platform/database/errors.js';
import type { DataKey } from '../platform/database/sealing.js';
import type { Actor } from '../platform/http/actor.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import { InvalidInput } from '../platform/http/problem.js';
import { closedBecause } from './access.js';
import type { GrantView, OpenGrantDto, RevokeGrantDto } from './grant.dto.js';
import { type GrantRow, GrantStore } from './grant.store.js';
import { appendEvent, assertMayBeTold, onReferral, type ReferralStep } from './referral-step.js';

/** Of one person on one referral at a time: one for each purpose, and some for other laws and longer times. House rule. */
const MOST_OWN_GRANTS = 10;

interface SealedGrant {
  readonly legalBasis: string;
  readonly statement: string | null;
}

/**
 * Access to what was sent. A prosecutor opens a file for themselves, stating why; the side that sent it may let the whole
 * authority read until a review, and may take any access back. Each is a link in the referral's chain; none moves its chart.
 */
@Injectable()
export class GrantsService {
  constructor(
    readonly database: Database,
    readonly keys: DataKeys,
    private readonly store: GrantStore,
    private readonly deadlines: DeadlinesService,
  ) {}

  /** Opens for oneself (a recipient), or for the whole authority (the side that sent it). Returns the grant's id. */
  async open(actor: Actor, referralId: string, wanted: OpenGrantDto, asked: Preconditions): Promise<string> {
    const id = randomUUID();
    const done = await this.command(actor, referralId, asked, { id: referralId, grant: id }, async (step) => {
      if (step.referral.kind === 'correction')
        throw new DomainError('conflict', 'A correction is read without a grant: it must be heard.');
      const personal = actor.authorityId !== null;
      const { dueAt: longest } = await this.deadlines.dueInTx(step.tx, 'grantReview');
      const until = untilOf(wanted, step.tx.now, longest, personal);
      if (personal) await this.assertMayOpenInTx(step);
      else {
        await assertMayBeTold(step, { '/legalBasis': wanted.legalBasis, '/statement': wanted.statement });
        await this.replaceStandingInTx(step);
      }
      this.add(step, { id, personal, until }, wanted);
    });
    return done.repeated ? done.result['grant']! : id;
  }

  /** Takes access back at once. Whoever lost it cannot open the file again until this side grants standing access. */
  async revoke(
    actor: Actor,
    referralId: string,
    grantId: string,
    { reason }: RevokeGrantDto,
    asked: Preconditions,
  ): Promise<void> {
    await this.command(actor, referralId, asked, { id: referralId, grant: grantId }, async (step) => {
      const grant = await this.store.findInTx(step.tx, referralId, grantId);
      if (!grant) throw new NotFound('grant');
      if (grant.revoked_at) {
        const at = grant.revoked_at.toISOString();
        throw new DomainError('conflict', `This grant was revoked on ${at}; there is nothing left to revoke.`);
      }
      await assertMayBeTold(step, { '/reason': reason });
      this.end(step, grant, { reason });
      if (grant.user_id === null) this.deadlines.meet(step.tx, step.write, referralId, 'grantReview');
      appendEvent(step, 'REVOKE_GRANT', { grant: grantId }, { reason });
    });
  }

  list(actor: Actor, referralId: string): Promise<GrantView[]> {
    return this.database.inActorTx(actor.id, async (tx) => {
      const referral = await tx.one<{ case_id: string }>('SELECT case_id FROM referral WHERE id = $1', [referralId]);
      if (!referral) throw new NotFound('referral');
      const key = await this.keys.getInTx(tx, referral.case_id);
      return (await this.store.listInTx(tx, referralId)).map((row) => viewOf(row, key, tx.now));
    });
  }

  private command(
    actor: Actor,
    referralId: string,
    asked: Preconditions,
    result: Record<string, string>,
    work: (step: ReferralStep) => Promise<void>,
  ) {
    return onReferral(this, actor, referralId, asked, result, work);
  }

  private async assertMayOpenInTx({ tx, referral, actor }: ReferralStep): Promise<void> {
    const access = await this.store.accessInTx(tx, referral.id, referral.case_id);
    const refusal = closedBecause(actor, referral, access);
    if (refusal && refusal.code !== 'grantRequired') throw refusal;
    const { live, until } = await this.store.ownInTx(tx, referral.id);
    if (live >= MOST_OWN_GRANTS)
      throw new DomainError(
        'conflict',
        `You have this file open under ${live} grants already: read it under one of them (GET /api/referrals/${referral.id}/grants); another can be opened after ${until!.toISOString()}, when the first of them ends.`,
      );
  }

  /** One standing grant at a time: a new one is the review of the last. */
  private async replaceStandingInTx(step: ReferralStep): Promise<void> {
    const { tx, write, referral } = step;
    const standing = await this.store.findStandingInTx(tx, referral.id);
    if (standing) this.end(step, standing, { reason: 'Replaced by the standing grant that followed its review.' });
    await this.deadlines.startInTx(tx, write, { caseId: referral.case_id, subjectId: referral.id }, 'grantReview');
  }

  private add(
    step: ReferralStep,
    { id, personal, until }: { id: string; personal: boolean; until: Date },
    { purpose, legalBasis, statement }: OpenGrantDto,
  ): void {
    const { tx, write, referral, key, actor } = step;
    const words: SealedGrant = { legalBasis, statement: statement ?? null };
    write.insert('access_grant', {
      id,
      referral_id: referral.id,
      case_id: referral.case_id,
      authority_id: referral.authority_id,
      user_id: personal ? actor.id : null,
      purpose,
      sealed: key.seal(words, place('access_grant', id)).bytes,
      opened_by: actor.id,
      valid_from: tx.now,
      valid_until: until,
    });
    const facets = { grant: id, purpose, until: until.toISOString() };
    appendEvent(step, personal ? 'OPEN_FILE' : 'GRANT_ACCESS', facets, { ...words });
  }

  private end({ tx, write, key, actor }: ReferralStep, { id }: GrantRow, words: { reason: string }): void {
    const sealed = key.seal(words, place('access_grant', id, 'revocation')).bytes;
    write.update('access_grant', { id }, { revoked_at: tx.now, revoked_by: actor.id, sealed_revocation: sealed });
  }
}

function untilOf({ until: asked }: OpenGrantDto, now: Date, longest: Date, personal: boolean): Date {
  if (!personal && asked !== undefined)
    throw new InvalidInput([{ pointer: '/until', detail: 'a standing grant runs until its review: leave it out' }]);
  const until = grantUntil(asked === undefined ? undefined : new Date(asked), now, longest);
  if (until) return until;
  const detail = `must be later than now, and no later than ${longest.toISOString()}`;
  throw new InvalidInput([{ pointer: '/until', detail }]);
}

function viewOf(row: GrantRow, key: DataKey, now: Date): GrantView {
  const { legalBasis, statement } = key.open<SealedGrant>(row.sealed, place('access_grant', row.id));
  const revocation =
    row.sealed_revocation &&
    key.open<{ reason: string }>(row.sealed_revocation, place('access_grant', row.id, 'revocation'));
  return {
    id: row.id,
    for: row.user_id === null ? 'authority' : 'person',
    personId: row.user_id,
    purpose: row.purpose,
    legalBasis,
    statement,
    state: grantStateAt({ validUntil: row.valid_until, revokedAt: row.revoked_at }, now),
    from: row.valid_from.toISOString(),
    until: row.valid_until.toISOString(),
    revokedAt: row.revoked_at?.toISOString() ?? null,
    revocation: revocation ? revocation.reason : null,
  };
}
