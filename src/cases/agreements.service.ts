import { Injectable } from '@nestjs/common';
import type { accountSteps } from '../domain/workflow/vocabulary/case.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database } from '../platform/database/database.js';
import { NotFound } from '../platform/database/errors.js';
import type { Actor } from '../platform/http/actor.js';
import { STANDING } from './case-facts.js';
import type { RecordAgreement } from './case-instruction.js';
import { CaseStore } from './case.store.js';
import type { AgreementsView, AgreementView } from './agreements.view.js';

interface AgreementRow {
  readonly id: string;
  readonly sealed: Buffer;
  readonly recorded_at: Date;
  readonly step: (typeof accountSteps)[number] | null;
  readonly revoked_at: Date | null;
  readonly told: readonly { authority: string; used: boolean; recalled: boolean }[];
}

const AGREEMENTS = `
  SELECT g.id, g.sealed, g.recorded_at,
    (SELECT step FROM account_step WHERE agreement_id = g.id ORDER BY at DESC LIMIT 1) AS step,
    (SELECT at FROM account_step WHERE agreement_id = g.id AND step = 'revoked') AS revoked_at,
    (SELECT coalesce(json_agg(json_build_object('authority', a.code, 'used', f1_account_used(r.id),
        'recalled', r.suspended_at IS NOT NULL) ORDER BY a.code), '[]')
      FROM obligation o JOIN referral r ON r.id = o.id JOIN authority a ON a.id = o.authority_id WHERE o.cause_id = g.id) AS told
  FROM account_agreement g WHERE g.case_id = $1 ORDER BY g.recorded_at, g.id`;

/** Agreements of victims and witnesses to transmit their own account, and what became of each. */
@Injectable()
export class AgreementsService {
  constructor(
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
    private readonly cases: CaseStore,
  ) {}

  async list(actor: Actor, caseId: string): Promise<AgreementsView> {
    return this.database.inActorTx(actor.id, async (tx) => {
      if (!(await this.cases.findInTx(tx, caseId))) throw new NotFound('case');
      const key = await this.dataKeys.getInTx(tx, caseId);
      const rows = await tx.rows<AgreementRow>(AGREEMENTS, [caseId], 'agreements_of_case');
      return {
        items: rows.map((row) =>
          viewOf(row, key.open<Omit<RecordAgreement, 'type'>>(row.sealed, `account_agreement:${row.id}`)),
        ),
      };
    });
  }
}

const viewOf = (row: AgreementRow, words: Omit<RecordAgreement, 'type'>): AgreementView => ({
  id: row.id,
  category: words.category,
  interviewId: words.interviewId,
  questionIds: [...words.questionIds],
  text: words.text,
  textVersion: words.textVersion,
  language: words.language,
  readBy: words.readBy,
  givenAt: words.givenAt,
  representative: words.representative ?? null,
  recordedAt: row.recorded_at.toISOString(),
  state: STANDING[row.step ?? 'rejected'],
  revokedAt: row.revoked_at?.toISOString() ?? null,
  recipients: row.told.map(({ authority, used, recalled }) => ({ authority, used, recalled })),
  says: sentenceOf(row),
});

/** How far the agreement can still be taken back, or was; said as it is. */
function sentenceOf({ step, told }: AgreementRow): string {
  const used = told.filter((one) => one.used && !one.recalled).map(({ authority }) => authority);
  if (step === 'revoked') {
    if (told.length === 0) return 'Revoked before the account was referred: nobody was sent it.';
    if (used.length === 0)
      return 'Revoked before the account was used: access was suspended, and every recipient is told.';
    return `Revoked after the account was used: what ${used.join(', ')} used cannot be taken back.`;
  }
  if (used.length > 0)
    return `The account was used by ${used.join(', ')}: a revocation can no longer take it back there.`;
  return 'The agreement can be revoked; nobody has used the account.';
}
