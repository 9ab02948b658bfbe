import { Injectable } from '@nestjs/common';
import { place } from '../domain/referral/file.js';
import type { ReferralFacts } from '../domain/workflow/vocabulary/referral.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database } from '../platform/database/database.js';
import { NotFound, StaleVersion } from '../platform/database/errors.js';
import { Write } from '../platform/database/write.js';
import type { Actor } from '../platform/http/actor.js';
import { pageOf, readCursor } from '../platform/http/page.js';
import { InvalidInput } from '../platform/http/problem.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import { ReferralLifecycle } from '../referrals/referral-lifecycle.js';
import type { ReferralRow } from '../referrals/referral.store.js';
import type {
  ReferralCommandDto,
  ReferralPage,
  ReferralQuery,
  ReferralSummaryView,
  ReferralView,
} from './prosecution.dto.js';
import { type InboxRow, type OpenedRow, ProsecutionStore } from './prosecution.store.js';

/** The recipient's side: what was sent to the own authority, and what a prosecutor does with it. It writes the referral only. */
@Injectable()
export class ProsecutionService {
  constructor(
    private readonly database: Database,
    private readonly keys: DataKeys,
    private readonly store: ProsecutionStore,
    private readonly lifecycle: ReferralLifecycle,
  ) {}

  async list(actor: Actor, query: ReferralQuery): Promise<ReferralPage> {
    const after = afterOf(query.cursor);
    const rows = await this.database.inActorTx(actor.id, (tx) =>
      this.store.findPageInTx(tx, {
        kind: query.kind ?? null,
        acknowledged: query.acknowledged === undefined ? null : query.acknowledged === 'yes',
        after,
        limit: query.limit + 1,
      }),
    );
    await this.learn(rows);
    const keyOf = (row: InboxRow) => ({ at: row.created_at.toISOString(), id: row.id });
    return pageOf(rows, query.limit, (row) => this.summary(row), keyOf);
  }

  /** Throws NotFound also for a referral that is somebody else's. */
  async view(actor: Actor, id: string): Promise<ReferralView> {
    const row = await this.database.inActorTx(actor.id, (tx) => this.store.findInTx(tx, id));
    if (!row) throw new NotFound('referral');
    await this.learn([row]);
    return { ...this.summary(row), ...this.content(row), allowedCommands: this.allowed(actor, row) };
  }

  /** A second acknowledgement or conclusion is refused by the chart; the same one sent twice (same key) changes nothing. */
  async execute(actor: Actor, id: string, { type, note }: ReferralCommandDto, asked: Preconditions): Promise<void> {
    const { key, requestHash, version } = asked;
    const claim = { actorId: actor.id, key, requestHash, result: { id }, lock: { aggregate: 'referral' as const, id } };
    await this.database.once(claim, async (tx, locked) => {
      if (!locked) throw new NotFound('referral');
      const referral = locked as unknown as ReferralRow;
      if (version !== undefined && version !== referral.version) throw new StaleVersion(version, referral.version);
      const dataKey = this.keys.ofLocked(locked);
      const write = new Write();
      await this.lifecycle.applyInTx(tx, write, referral, {
        type,
        facts: factsOf(actor, referral),
        actorId: actor.id,
        movesVersion: true,
        key: dataKey,
        said: note === undefined ? {} : { note },
      });
      if (type === 'ACKNOWLEDGE') {
        write.insert('acknowledgement', {
          referral_id: id,
          case_id: referral.case_id,
          acknowledged_by: actor.id,
          acknowledged_at: tx.now,
          sealed: note === undefined ? null : dataKey.seal({ note }, place('acknowledgement', id)).bytes,
        });
      }
      write.runLast(tx);
    });
  }

  /** A chart published after this process started is fetched before it is asked. */
  private async learn(rows: readonly { readonly workflow_hash: string }[]): Promise<void> {
    for (const hash of new Set(rows.map((row) => row.workflow_hash))) await this.lifecycle.learn(hash);
  }

  private summary(row: InboxRow): ReferralSummaryView {
    return {
      id: row.id,
      kind: row.kind,
      authority: row.authority,
      caseReference: row.case_reference,
      // Access that is suspended leaves what a recipient needs to answer the correction, and nothing of the content.
      grounds: row.suspended_at ? [] : row.grounds,
      legalBasis: row.legal_basis,
      stage: this.lifecycle.stageOf(row),
      version: row.version,
      createdAt: row.created_at.toISOString(),
      receivedAt: row.received_at?.toISOString() ?? null,
      acknowledgedAt: row.acknowledged_at?.toISOString() ?? null,
      nextDueAt: row.next_due_at?.toISOString() ?? null,
      corrects: row.corrects,
      correctedAt: row.corrected_at?.toISOString() ?? null,
      suspendedAt: row.suspended_at?.toISOString() ?? null,
    };
  }

  private content(row: OpenedRow): Omit<ReferralView, keyof ReferralSummaryView | 'allowedCommands'> {
    const key = this.keys.unwrap(row.case_id, row.wrapped);
    const said =
      row.acknowledgement && key.open<{ note: string }>(row.acknowledgement, place('acknowledgement', row.id));
    return {
      state: row.snapshot,
      workflow: row.workflow_hash,
      packageSha256: row.body_sha256,
      package: row.suspended_at ? null : (JSON.parse(key.open<string>(row.body, place('referral', row.id))) as unknown),
      receipt: row.proof,
      acknowledgementNote: said ? said.note : null,
    };
  }

  private allowed(actor: Actor, row: ReferralRow): ReferralView['allowedCommands'] {
    return this.lifecycle.allowedCommands(row, factsOf(actor, row));
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function afterOf(cursor: string | undefined): { at: string; id: string } | null {
  const key = readCursor(cursor, ['at', 'id']);
  if (!key) return null;
  const { at, id } = { at: String(key['at']), id: String(key['id']) };
  if (Number.isNaN(Date.parse(at)) || !UUID.test(id)) {
    throw new InvalidInput([{ pointer: '/cursor', detail: 'is not a cursor of this list: start without one' }]);
  }
  return { at: new Date(at).toISOString(), id };
}

const factsOf = (actor: Actor, referral: ReferralRow): ReferralFacts => ({
  actorRoles: actor.roles,
  actorBelongsToRecipient: actor.authorityId !== null && actor.authorityId === referral.authority_id,
  receiptVerified: false,
});
