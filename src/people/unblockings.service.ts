import { Injectable } from '@nestjs/common';
import { lockedCase } from '../cases/cases.service.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database, type Tx } from '../platform/database/database.js';
import { DomainError, NotFound } from '../platform/database/errors.js';
import { nextEvent } from '../platform/database/next-event.js';
import { Write } from '../platform/database/write.js';
import type { Actor } from '../platform/http/actor.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import { ParticularsService } from './particulars.service.js';
import { type UnblockingRow, type UnblockingView, viewOf } from './unblockings.view.js';

/** Types of the events by which one asks, and by which it ends. */
const ASKS = ['ASK_PERSECUTION_ACTOR_WITHDRAWAL', 'ASK_THIRD_PERSON_WITHDRAWAL', 'CORRECT_PARTICULARS'];
const ENDS = [
  'WITHDRAW_PERSECUTION_ACTOR',
  'WITHDRAW_THIRD_PERSON',
  'CORRECT_PARTICULARS',
  'REFUSE_UNBLOCKING',
  'WITHDRAW_UNBLOCKING',
];

/** Askings that a recipient be barred no longer: one person asks and may take it back, another one confirms or refuses. */
@Injectable()
export class UnblockingsService {
  constructor(
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
    private readonly particulars: ParticularsService,
  ) {}

  /** The latest first. Throws NotFound for a case this person may not see. */
  async list(actor: Actor, caseId: string): Promise<UnblockingView[]> {
    return this.database.inActorTx(actor.id, async (tx) => {
      // A recipient of the file may open what was sent, and sees no case.
      if (!(await tx.one('SELECT FROM case_file WHERE id = $1', [caseId], 'case_seen'))) throw new NotFound('case');
      const key = await this.dataKeys.getInTx(tx, caseId);
      const rows = await tx.rows<UnblockingRow>(LIST, [caseId, ASKS, ENDS], 'unblockings_of_case');
      return rows.map((row) => viewOf(row, actor, caseId, key));
    });
  }

  /** Whoever asked takes it back. Throws `conflict` for anybody else, and where it ended already. */
  withdraw(actor: Actor, caseId: string, id: string, reason: string, asked: Preconditions): Promise<void> {
    return this.end(actor, { caseId, id, reason, outcome: 'withdrawn' }, asked);
  }

  /** A second person refuses: what barred goes on to. Throws `fourEyes` for whoever asked, `conflict` where it ended already. */
  refuse(actor: Actor, caseId: string, id: string, reason: string, asked: Preconditions): Promise<void> {
    return this.end(actor, { caseId, id, reason, outcome: 'refused' }, asked);
  }

  private async end(
    actor: Actor,
    { caseId, id, reason, outcome }: { caseId: string; id: string; reason: string; outcome: 'refused' | 'withdrawn' },
    asked: Preconditions,
  ): Promise<void> {
    const claim = { actorId: actor.id, key: asked.key, requestHash: asked.requestHash, result: { id: caseId } };
    await this.database.once({ ...claim, lock: { aggregate: 'case', id: caseId } }, async (tx, locked) => {
      const record = lockedCase(locked, asked);
      const key = this.dataKeys.ofLocked(record);
      const open = await this.openInTx(tx, caseId, id);
      assertMayEnd(open, actor, outcome, caseId);
      const write = new Write();
      if (open.country !== null && open.link !== null) {
        const kept = { country: open.country, link: open.link };
        await this.particulars.keepInTx(tx, write, { caseId, key, actor, reason, kept });
      }
      const event = nextEvent(record, key, {
        aggregateKind: 'case',
        caseId,
        type: outcome === 'refused' ? 'REFUSE_UNBLOCKING' : 'WITHDRAW_UNBLOCKING',
        actorId: actor.id,
        at: tx.now,
        facets: { state: record.snapshot, unblocking: id },
        payload: { id, reason },
      });
      write
        .insert('event', event.row)
        .update('unblocking', { id, outcome: null }, { outcome, ended_by: actor.id, ended_at: tx.now })
        .update('case_file', { id: caseId, version: record.version }, { version: record.version + 1, ...event.head })
        .runLast(tx);
    });
  }

  private async openInTx(tx: Tx, caseId: string, id: string): Promise<OpenRow> {
    const row = await tx.one<OpenRow>(
      'SELECT asked_by, outcome, country, link FROM unblocking WHERE id = $1 AND case_id = $2',
      [id, caseId],
      'unblocking_by_id',
    );
    if (!row) throw new NotFound('asking on this case');
    return row;
  }
}

interface OpenRow {
  readonly asked_by: string;
  readonly outcome: string | null;
  readonly country: string | null;
  readonly link: 'nationality' | 'residence' | null;
}

function assertMayEnd(
  { asked_by: askedBy, outcome }: OpenRow,
  actor: Actor,
  wanted: 'refused' | 'withdrawn',
  caseId: string,
): void {
  if (outcome !== null)
    throw new DomainError('conflict', `This was ${outcome} already. See GET /api/cases/${caseId}/unblockings.`);
  if (wanted === 'refused' && askedBy === actor.id)
    throw new DomainError(
      'fourEyes',
      'You asked for this: take it back instead (withdrawal), or leave it to somebody else.',
    );
  if (wanted === 'withdrawn' && askedBy !== actor.id)
    throw new DomainError(
      'conflict',
      'Somebody else asked for this, who alone may take it back: refuse it (refusal), with the reason.',
    );
}

const SAID = (alias: string, at: string, actor: string, types: string): string => `LEFT JOIN LATERAL (
    SELECT seq, payload FROM event WHERE aggregate_id = b.case_id AND at = ${at} AND actor_id = ${actor} AND type = ANY (${types})
    ORDER BY seq LIMIT 1) ${alias} ON true`;

/** $1: the case; $2, $3: by which events one asks, and ends. */
const LIST = `
  SELECT b.id, b.kind, b.subject_id, b.country, b.link, b.asked_by, a.display_name AS asker, b.asked_at, b.outcome,
    e.display_name AS ender, b.ended_at, asked.seq AS asked_seq, asked.payload AS asked_payload, ended.seq AS ended_seq,
    ended.payload AS ended_payload
  FROM unblocking b JOIN app_user a ON a.id = b.asked_by LEFT JOIN app_user e ON e.id = b.ended_by
  ${SAID('asked', 'b.asked_at', 'b.asked_by', '$2')}
  ${SAID('ended', 'b.ended_at', 'b.ended_by', '$3')}
  WHERE b.case_id = $1 ORDER BY b.asked_at DESC, b.id`;
