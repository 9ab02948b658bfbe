import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { GONE } from '../domain/referral/hold.js';
import type { prosecutionRoutes, trackSteps } from '../domain/workflow/vocabulary/case.js';
import type { Tx } from '../platform/database/database.js';
import { DomainError } from '../platform/database/errors.js';
import type { CaseStep } from './case-effects.js';
import { wordsOf } from './case-instruction.js';

/** An open track: an excluded person who cannot be removed, and the way that is open now. */
export interface OpenTrack {
  readonly case_id: string;
  readonly reference: string;
  readonly route: (typeof prosecutionRoutes)[number];
  readonly opened_at: Date;
  /** When the way was last looked at. */
  readonly at: Date;
  readonly review_due_at: Date;
  readonly overdue: boolean;
  /** The instant as the database tells it, to the microsecond. */
  readonly cursor_at: string;
}

/** The row of one step; what was written with it is sealed. Throws `conflict` for a bar to the removal of somebody who has gone. */
export async function recordTrack(
  { tx, write, record, actor, key, instruction }: CaseStep,
  step: (typeof trackSteps)[number],
): Promise<void> {
  if (step === 'opened') await assertRemovableInTx(tx, record.id);
  const id = randomUUID();
  write.insert('prosecution_track', {
    id,
    case_id: record.id,
    step,
    route: 'route' in instruction ? instruction.route : null,
    closing: 'closing' in instruction ? instruction.closing : null,
    sealed: key.seal(wordsOf(instruction), `prosecution_track:${id}`).bytes,
    at: tx.now,
    by_id: actor.id,
  });
}

async function assertRemovableInTx(tx: Tx, caseId: string): Promise<void> {
  const refusal = await barRefusedInTx(tx, caseId);
  if (refusal) throw refusal;
}

/** Why nothing bars the removal of somebody who has gone: the charts that cases are pinned to know nothing of where the person is. */
export async function barRefusedInTx(tx: Tx, caseId: string): Promise<DomainError | undefined> {
  const row = await tx.one<{ whereabouts: string }>(
    `SELECT coalesce(snapshot #>> '{whereabouts,alive}', snapshot ->> 'whereabouts') AS whereabouts FROM person WHERE case_id = $1`,
    [caseId],
    'track_whereabouts',
  );
  const whereabouts = row?.whereabouts ?? '';
  if (!(GONE as readonly string[]).includes(whereabouts)) return undefined;
  return new DomainError(
    'conflict',
    `The whereabouts of this person say ${JSON.stringify(whereabouts)}: nobody is about to remove them, and nothing bars it. Where that is wrong, or they came back, record it first: POST /api/cases/${caseId}/person/commands.`,
    { whereabouts },
  );
}

const OPEN = `
  SELECT t.case_id, c.reference, t.route, t.at, d.due_at AS review_due_at, d.due_at < f1_now() AS overdue,
    d.due_at::text AS cursor_at,
    (SELECT max(o.at) FROM prosecution_track o WHERE o.case_id = t.case_id AND o.step = 'opened') AS opened_at
  FROM prosecution_track t JOIN case_file c ON c.id = t.case_id
  JOIN deadline d ON d.subject_id = t.case_id AND d.kind = 'prosecutionTrackReview' AND d.met_at IS NULL AND d.ended_at IS NULL
  WHERE t.step <> 'closed' AND NOT EXISTS (SELECT FROM prosecution_track later WHERE later.case_id = t.case_id AND later.at > t.at)`;

@Injectable()
export class ProsecutionTrackStore {
  findInTx(tx: Tx, caseId: string): Promise<OpenTrack | undefined> {
    return tx.one<OpenTrack>(`${OPEN} AND t.case_id = $1`, [caseId], 'track_of_case');
  }

  /** Of the cases that the actor sees, the review that is due first. */
  listInTx(tx: Tx, after: { at: string; id: string } | null, limit: number): Promise<OpenTrack[]> {
    return tx.rows<OpenTrack>(
      `${OPEN} AND ($1::timestamptz IS NULL OR (d.due_at, t.case_id) > ($1::timestamptz, $2::uuid))
       ORDER BY d.due_at, t.case_id LIMIT $3`,
      [after?.at ?? null, after?.id ?? null, limit],
      'track_list',
    );
  }
}
