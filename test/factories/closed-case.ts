import { setTimeout } from 'node:timers/promises';
import type { Answer, TestApplication } from '../support/application.js';
import { aCaseAt, decideSuspicion } from './case-walk.js';

export interface ClosedCase {
  readonly id: string;
  readonly reference: string;
}

/** A case whose claim was withdrawn at triage, with its suspicion decision: nothing is awaited in it but what `suspicion` obliges to. */
export async function aClosedCase(application: TestApplication, suspicion = false): Promise<ClosedCase> {
  const cast = await application.cast();
  const { id } = await aCaseAt(cast, 'triage');
  await decideSuspicion(cast, id, suspicion);
  const withdrawn = { type: 'WITHDRAW_CLAIM', reasons: 'The applicant said so in an invented letter.' };
  await cast.officer.post(`/api/cases/${id}/commands`, withdrawn);
  const [row] = await application.rows<{ reference: string }>('SELECT reference FROM case_file WHERE id = $1', [id]);
  return { id, reference: row!.reference };
}

/** What was told of a case, once all of it has arrived: by whom it is read, and the grant with which it was. */
export async function toldOf(
  application: TestApplication,
  caseId: string,
): Promise<{ id: string; reader: 'prosecutor' | 'war-crimes' }[]> {
  const due = `SELECT FROM referral r WHERE case_id = $1 AND NOT EXISTS (SELECT FROM receipt WHERE referral_id = r.id)
    OR EXISTS (SELECT FROM outbox WHERE case_id = $1 AND done_at IS NULL)`;
  while ((await application.rows(due, [caseId])).length > 0) await setTimeout(50);
  return application.rows(
    `SELECT r.id, CASE a.code WHEN 'demo-prosecution' THEN 'prosecutor' ELSE 'war-crimes' END AS reader
     FROM referral r JOIN authority a ON a.id = r.authority_id WHERE r.case_id = $1 ORDER BY r.created_at, r.id`,
    [caseId],
  );
}

/** A recipient opens, acknowledges and says that nothing more will come of it. */
export async function settleReferral(
  application: TestApplication,
  told: { id: string; reader: string },
): Promise<void> {
  const reader = await application.as(told.reader);
  const path = `/api/referrals/${told.id}`;
  const { body } = await application.read(told.reader, told.id);
  await must(reader.post(`${path}/commands`, { type: 'ACKNOWLEDGE', packageSha256: body.packageSha256 }));
  await must(
    reader.post(`${path}/commands`, {
      type: 'GIVE_FEEDBACK',
      feedback: 'noJurisdiction',
      text: 'Nothing more will come of it.',
    }),
  );
}

async function must(asked: Promise<Answer>): Promise<Answer> {
  const answer = await asked;
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`);
  return answer;
}
