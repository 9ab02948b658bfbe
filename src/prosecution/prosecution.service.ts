import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { place } from '../domain/referral/file.js';
import { LEAST_SCORE, priorityLevel, priorityLevels, priorityScore } from '../domain/referral/priority.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database } from '../platform/database/database.js';
import { NotFound, StaleVersion } from '../platform/database/errors.js';
import { Write } from '../platform/database/write.js';
import type { Actor } from '../platform/http/actor.js';
import { pageOf, readCursor } from '../platform/http/page.js';
import { InvalidInput } from '../platform/http/problem.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import { type FactsOfCommand, ReferralLifecycle } from '../referrals/referral-lifecycle.js';
import type { ReferralRow } from '../referrals/referral.store.js';
import { closedBecause } from './access.js';
import type { ReferralCommandDto } from './command.dto.js';
import { type AccessRow, GrantStore } from './grant.store.js';
import type { PackageView, ReferralPage, ReferralQuery, ReferralSummaryView, ReferralView } from './prosecution.dto.js';
import { type InboxRow, NEVER, type OpenedRow, type Position, ProsecutionStore } from './prosecution.store.js';
import { RecipientCommands } from './recipient-commands.js';
import { watermark, type Watermark } from './watermark.js';

/** The recipient's side: what was sent to the own authority, and what a prosecutor does with it. It writes the referral only. */
@Injectable()
export class ProsecutionService {
  constructor(
    private readonly database: Database,
    private readonly keys: DataKeys,
    private readonly store: ProsecutionStore,
    private readonly grants: GrantStore,
    private readonly commands: RecipientCommands,
    private readonly lifecycle: ReferralLifecycle,
  ) {}

  async list(actor: Actor, query: ReferralQuery): Promise<ReferralPage> {
    const { order } = query;
    const after = afterOf(query);
    const rows = await this.database.inActorTx(actor.id, (tx) =>
      this.store.findPageInTx(tx, {
        kind: query.kind ?? null,
        acknowledged: query.acknowledged === undefined ? null : query.acknowledged === 'yes',
        overdue: query.overdue === undefined ? null : query.overdue === 'yes',
        scores: query.priority === undefined ? null : scoresOf(query.priority),
        order,
        after,
        limit: query.limit + 1,
      }),
    );
    await this.learn(rows);
    const keyOf = (row: InboxRow) => ({
      at: order === 'due' ? (row.next_due_at?.toISOString() ?? NEVER) : row.created_at.toISOString(),
      id: row.id,
      score: row.priority,
    });
    return pageOf(rows, query.limit, (row) => this.summary(row), keyOf);
  }

  /** The cover of one referral, without its content. Throws NotFound also for one that is somebody else's. */
  async view(actor: Actor, id: string): Promise<ReferralView> {
    const { row, access } = await this.database.inActorTx(actor.id, async (tx) => {
      const found = await this.store.findInTx(tx, id);
      if (!found) throw new NotFound('referral');
      return { row: found, access: await this.grants.accessInTx(tx, id, found.case_id) };
    });
    await this.learn([row]);
    const closed = closedBecause(actor, row, access);
    return {
      ...this.summary(row),
      ...this.cover(row),
      access: { open: closed === undefined, grant: access.grant_id, because: closed?.message ?? null },
      allowedCommands: this.lifecycle.allowedCommands(row, factsOf(actor, row)),
    };
  }

  /** What was sent. Throws `grantRequired`, `accessRevoked` or `accessSuspended`, each saying what the reader can do. */
  async package(
    actor: Actor,
    id: string,
  ): Promise<{ view: PackageView; headers: Watermark['headers']; access: AccessRow }> {
    const { row, access, text, now } = await this.opened(actor, id);
    const { body_sha256: packageSha256 } = row;
    const view = { referralId: id, packageSha256, grant: access.grant_id, package: JSON.parse(text) };
    return { view, headers: watermark(actor, row, access, now).headers, access };
  }

  /** The same as it is stored, byte for byte. Throws as `package` does. */
  async opened(actor: Actor, id: string): Promise<{ row: OpenedRow; access: AccessRow; text: string; now: Date }> {
    return this.database.inActorTx(actor.id, async (tx) => {
      const row = await this.store.findInTx(tx, id);
      if (!row) throw new NotFound('referral');
      const access = await this.grants.accessInTx(tx, id, row.case_id);
      const body = await this.store.bodyInTx(tx, id);
      const closed = closedBecause(actor, row, access);
      if (closed) throw closed;
      if (!body) throw new NotFound('referral');
      const text = this.keys.unwrap(row.case_id, row.wrapped).open<string>(body, place('referral', id));
      return { row, access, text, now: tx.now };
    });
  }

  /** What does not fit the state is refused by the chart; the same request sent twice (same key) changes nothing. */
  async execute(actor: Actor, id: string, command: ReferralCommandDto, asked: Preconditions): Promise<void> {
    const { key, requestHash, version } = asked;
    const claim = { actorId: actor.id, key, requestHash, result: { id }, lock: { aggregate: 'referral' as const, id } };
    await this.database.once(claim, async (tx, locked) => {
      if (!locked) throw new NotFound('referral');
      const referral = locked as unknown as ReferralRow;
      if (version !== undefined && version !== referral.version) throw new StaleVersion(version, referral.version);
      const about = { actorId: actor.id, rowId: randomUUID() };
      const step = { tx, write: new Write(), referral, key: this.keys.ofLocked(locked), ...about };
      await this.commands.applyInTx(step, command, { facts: factsOf(actor, referral), facets: {} });
      step.write.runLast(tx);
    });
  }

  /** A chart published after this process started is fetched before it is asked. */
  private async learn(rows: readonly { readonly workflow_hash: string }[]): Promise<void> {
    for (const hash of new Set(rows.map((row) => row.workflow_hash))) await this.lifecycle.learn(hash);
  }

  private summary(row: InboxRow): ReferralSummaryView {
    const { suspect_identified: suspectIdentified, present_here: presentHere, corroborated } = row;
    const facets = { suspectIdentified, presentHere, corroborated };
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
      departureExpectedOn: row.leaves_on,
      stayBrokenAt: row.stay_broken_at?.toISOString() ?? null,
      priority: {
        level: priorityLevel(priorityScore(row.kind, facets)),
        ...facets,
      },
      corrects: row.corrects,
      correctedAt: row.corrected_at?.toISOString() ?? null,
      suspendedAt: row.suspended_at?.toISOString() ?? null,
    };
  }

  private cover(row: OpenedRow): Omit<ReferralView, keyof ReferralSummaryView | 'access' | 'allowedCommands'> {
    const key = this.keys.unwrap(row.case_id, row.wrapped);
    const said =
      row.acknowledgement && key.open<{ note: string }>(row.acknowledgement, place('acknowledgement', row.id));
    return {
      state: row.snapshot,
      workflow: row.workflow_hash,
      packageSha256: row.body_sha256,
      receipt: row.proof,
      acknowledgementNote: said ? said.note : null,
    };
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function afterOf({ cursor, order }: ReferralQuery): Position | null {
  const key = readCursor(cursor, order === 'priority' ? ['at', 'id', 'score'] : ['at', 'id']);
  if (!key) return null;
  const { at, id, score } = { at: String(key['at']), id: String(key['id']), score: Number(key['score'] ?? 0) };
  if (Number.isNaN(Date.parse(at)) || !UUID.test(id) || !Number.isInteger(score) || Math.abs(score) > 100) {
    throw new InvalidInput([{ pointer: '/cursor', detail: 'is not a cursor of this list: start without one' }]);
  }
  return { at: new Date(at).toISOString(), id, score };
}

/** The scores that make a level: from its least to below the next one's. */
function scoresOf(level: (typeof priorityLevels)[number]): [number, number] {
  const above = priorityLevels[priorityLevels.indexOf(level) - 1];
  return [LEAST_SCORE[level], above === undefined ? 100 : LEAST_SCORE[above]];
}

const factsOf = (actor: Actor, referral: ReferralRow): FactsOfCommand => ({
  actorRoles: actor.roles,
  actorBelongsToRecipient: actor.authorityId !== null && actor.authorityId === referral.authority_id,
  receiptVerified: false,
});
