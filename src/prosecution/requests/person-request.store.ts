import { Injectable } from '@nestjs/common';
import type { GrantPurpose } from '../../domain/referral/grant.js';
import type { PersonRefusal } from '../../domain/referral/request.js';
import type { Tx } from '../../platform/database/database.js';

export interface PersonRequestRow {
  readonly id: string;
  readonly authority_id: string;
  readonly authority: string;
  readonly purpose: GrantPurpose;
  readonly sealed: Buffer;
  readonly wrapped: Buffer;
  readonly asked_at: Date;
  readonly due_at: Date;
  readonly event_seq: number;
  readonly event_hash: Buffer;
  readonly outcome: 'disclosed' | 'refused' | null;
  readonly refusal: PersonRefusal | null;
  readonly referral_id: string | null;
  readonly sealed_reply: Buffer | null;
  readonly told_from: Date | null;
  /** To who answers such requests, also where the answer itself is not theirs to read. */
  readonly answered: boolean;
  readonly withdrawn_at: Date | null;
  readonly sealed_withdrawal: Buffer | null;
}

export interface ProposalRow {
  readonly id: string;
  readonly request_id: string;
  readonly case_id: string | null;
  readonly outcome: 'disclosed' | 'refused';
  readonly refusal: PersonRefusal | null;
  readonly sealed: Buffer;
  readonly proposed_by: string;
  readonly proposed_at: Date;
  readonly decision: 'confirmed' | 'returned' | null;
  readonly sealed_decision: Buffer | null;
}

const REQUEST = `SELECT q.id, q.authority_id, a.code AS authority, q.purpose, q.sealed, q.wrapped, q.asked_at, q.due_at, q.event_seq,
    q.event_hash, w.outcome, w.refusal, w.referral_id, w.sealed AS sealed_reply, w.told_from,
    f1_person_request_answered(q.id) AS answered, q.withdrawn_at,
    q.sealed_withdrawal
  FROM person_request q JOIN authority a ON a.id = q.authority_id LEFT JOIN person_request_answer w ON w.request_id = q.id`;
const PROPOSAL = `SELECT id, request_id, case_id, outcome, refusal, sealed, proposed_by, proposed_at, decision, sealed_decision
  FROM person_request_proposal`;

/** Reads about requests on persons; row-level security decides which there are, and from when an answer is one. */
@Injectable()
export class PersonRequestStore {
  findInTx(tx: Tx, id: string): Promise<PersonRequestRow | undefined> {
    return tx.one<PersonRequestRow>(`${REQUEST} WHERE q.id = $1`, [id], 'person_request_one');
  }

  /** The same, with its row locked until the end of the transaction. */
  lockInTx(tx: Tx, id: string): Promise<PersonRequestRow | undefined> {
    return tx.one<PersonRequestRow>(`${REQUEST} WHERE q.id = $1 FOR NO KEY UPDATE OF q`, [id], 'person_request_lock');
  }

  pageInTx(tx: Tx, after: { at: string; id: string } | null, limit: number): Promise<PersonRequestRow[]> {
    return tx.rows<PersonRequestRow>(
      `${REQUEST} WHERE $1::timestamptz IS NULL OR (q.asked_at, q.id) < ($1::timestamptz, $2::uuid)
       ORDER BY q.asked_at DESC, q.id DESC LIMIT $3`,
      [after?.at ?? null, after?.id ?? null, limit],
      'person_request_page',
    );
  }

  proposalsInTx(tx: Tx, requestIds: readonly string[]): Promise<ProposalRow[]> {
    return tx.rows<ProposalRow>(
      `${PROPOSAL} WHERE request_id = ANY ($1::uuid[]) ORDER BY proposed_at, id`,
      [requestIds],
      'person_request_proposals',
    );
  }
}
