import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { place, type ReferralKind } from '../domain/referral/file.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database, type Tx } from '../platform/database/database.js';
import { DomainError, NotFound } from '../platform/database/errors.js';
import type { DataKey } from '../platform/database/sealing.js';
import { json } from '../platform/database/write.js';
import type { Actor } from '../platform/http/actor.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import { InvalidInput } from '../platform/http/problem.js';
import { type PackageCheck, PackagesService } from '../referrals/packages.service.js';
import { CaseRecords } from './case-records.js';

type Kind = Exclude<ReferralKind, 'correction'>;

export interface TranslationWords {
  readonly interviewId: string;
  /** An answer or a follow-up of it. */
  readonly statementId: string;
  readonly language: string;
  readonly text: string;
  readonly translator: string;
}

interface OverrideRow {
  readonly id: string;
  readonly kind: Kind;
  readonly analysis_revision: number;
  readonly gaps: readonly { readonly sentence: string }[];
  readonly gaps_hash: string;
  readonly sealed: Buffer;
  readonly asked_by: string;
  readonly asker: string;
  readonly asked_at: Date;
  readonly outcome: 'approved' | 'refused' | null;
  readonly decider: string | null;
  readonly decided_at: Date | null;
}

/** What a package would lack, what is added for its sake, and leave for it to go without. */
@Injectable()
export class PackageService {
  constructor(
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
    private readonly packages: PackagesService,
    private readonly records: CaseRecords,
  ) {}

  async check(actor: Actor, caseId: string, kind: Kind) {
    return this.database.inActorTx(actor.id, async (tx) => {
      const key = await this.dataKeys.getInTx(tx, caseId);
      const found = await this.packages.checkInTx(tx, caseId, key, kind);
      return { kind, ...found, overrides: await this.overridesInTx(tx, caseId, key, kind, found) };
    });
  }

  /** A source that speaks for the applicant refused: the package will say that there is something, and not what. */
  async recordUndisclosed(actor: Actor, caseId: string, words: object, asked: Preconditions): Promise<string> {
    const id = randomUUID();
    const done = await this.records.record(actor, caseId, asked, { recordId: id }, (tx, write, _record, key) => {
      const sealed = key.seal(words, place('undisclosed_exculpatory', id)).bytes;
      write.insert('undisclosed_exculpatory', {
        id,
        case_id: caseId,
        sealed,
        recorded_by: actor.id,
        recorded_at: tx.now,
      });
      return { type: 'RECORD_UNDISCLOSED_EXCULPATORY', payload: { id, ...words } };
    });
    return done.recordId;
  }

  /** Adds a translation beside a record, which itself stays as it was read back. */
  async translate(actor: Actor, caseId: string, words: TranslationWords, asked: Preconditions): Promise<string> {
    const { interviewId, statementId, ...translation } = words;
    const id = randomUUID();
    const done = await this.records.record(actor, caseId, asked, { recordId: id }, async (tx, write, _record, key) => {
      await this.assertStatementInTx(tx, caseId, key, words);
      write.insert('translation', {
        id,
        case_id: caseId,
        interview_id: interviewId,
        statement_id: statementId,
        sealed: key.seal(translation, place('translation', id)).bytes,
        added_by: actor.id,
        added_at: tx.now,
      });
      return { type: 'ADD_TRANSLATION', payload: { id, ...words } };
    });
    return done.recordId;
  }

  /** Asks that a package may go without what is missing now. Refused when nothing is, and while another asking waits. */
  async askOverride(actor: Actor, caseId: string, kind: Kind, reason: string, asked: Preconditions): Promise<string> {
    const id = randomUUID();
    const done = await this.records
      .record(actor, caseId, asked, { overrideId: id }, async (tx, write, record, key) => {
        const { missing, gapsHash } = await this.packages.checkInTx(tx, caseId, key, kind);
        if (missing.length === 0)
          throw new DomainError('conflict', 'Nothing is missing: the package may leave as it is.');
        const gaps = missing.map(({ code, subject, sentence }) => ({ code, subject, sentence }));
        write.insert('package_override', {
          id,
          case_id: caseId,
          kind,
          analysis_revision: record.analysis_revision,
          gaps: json(gaps),
          gaps_hash: gapsHash,
          sealed: key.seal({ reason }, place('package_override', id)).bytes,
          asked_by: actor.id,
          asked_at: tx.now,
        });
        const facets = { kind, gapsHash, analysisRevision: record.analysis_revision };
        return { type: 'ASK_PACKAGE_OVERRIDE', facets, payload: { id, reason } };
      })
      .catch(asWaiting);
    return done.overrideId;
  }

  /** Decided by somebody else than who asked; approved only while the file lacks exactly what was asked about. */
  async decideOverride(
    actor: Actor,
    caseId: string,
    id: string,
    { outcome, reason }: { outcome: 'approved' | 'refused'; reason: string },
    asked: Preconditions,
  ): Promise<void> {
    await this.records.record(actor, caseId, asked, { overrideId: id }, async (tx, write, record, key) => {
      const row = (await this.rowsInTx(tx, caseId)).find((one) => one.id === id);
      if (!row) throw new NotFound('override on this case');
      if (row.outcome) throw new DomainError('conflict', `This override was ${row.outcome} already.`);
      if (row.asked_by === actor.id)
        throw new DomainError('conflict', 'You asked for this override: have somebody else decide on it.');
      const { gapsHash } = await this.packages.checkInTx(tx, caseId, key, row.kind);
      const same = gapsHash === row.gaps_hash && record.analysis_revision === row.analysis_revision;
      if (outcome === 'approved' && !same)
        throw new DomainError(
          'conflict',
          'The file lacks something else by now, or its analysis was changed. Refuse this override and have another one asked.',
        );
      write.update(
        'package_override',
        { id, outcome: null },
        {
          outcome,
          decided_by: actor.id,
          decided_at: tx.now,
          sealed_outcome: key.seal({ reason }, place('package_override', id, 'outcome')).bytes,
        },
      );
      return { type: 'DECIDE_PACKAGE_OVERRIDE', facets: { outcome }, payload: { id, reason } };
    });
  }

  private async overridesInTx(tx: Tx, caseId: string, key: DataKey, kind: Kind, now: PackageCheck) {
    const rows = (await this.rowsInTx(tx, caseId)).filter((row) => row.kind === kind);
    return rows.map((row) => ({
      id: row.id,
      gaps: row.gaps.map(({ sentence }) => sentence),
      reason: key.open<{ reason: string }>(row.sealed, place('package_override', row.id)).reason,
      askedBy: row.asker,
      askedAt: row.asked_at.toISOString(),
      outcome: row.outcome,
      decidedBy: row.decider,
      decidedAt: row.decided_at?.toISOString() ?? null,
      current: row.gaps_hash === now.gapsHash && row.analysis_revision === now.analysisRevision,
    }));
  }

  private rowsInTx(tx: Tx, caseId: string): Promise<OverrideRow[]> {
    return tx.rows<OverrideRow>(
      `SELECT o.*, a.display_name AS asker, d.display_name AS decider FROM package_override o
       JOIN app_user a ON a.id = o.asked_by LEFT JOIN app_user d ON d.id = o.decided_by
       WHERE o.case_id = $1 ORDER BY o.asked_at, o.id`,
      [caseId],
      'package_overrides_of_case',
    );
  }

  private async assertStatementInTx(
    tx: Tx,
    caseId: string,
    key: DataKey,
    { interviewId, statementId }: TranslationWords,
  ): Promise<void> {
    const row = await tx.one<{ sealed: Buffer; answered: boolean }>(
      `SELECT i.sealed, EXISTS (SELECT FROM answer WHERE id = $3 AND interview_id = i.id) AS answered
       FROM interview i WHERE i.id = $2 AND i.case_id = $1`,
      [caseId, interviewId, statementId],
      'statement_to_translate',
    );
    if (!row) throw new InvalidInput([{ pointer: '/interviewId', detail: 'is no interview of this case' }]);
    const { followUps = [] } = key.open<{ followUps?: { id: string }[] }>(row.sealed, place('interview', interviewId));
    if (row.answered || followUps.some(({ id }) => id === statementId)) return;
    throw new InvalidInput([{ pointer: '/statementId', detail: 'is no answer or follow-up of this interview' }]);
  }
}

function asWaiting(error: unknown): never {
  const { code, constraint } = error as { code?: string; constraint?: string };
  if (code === '23505' && constraint === 'package_override_open_once')
    throw new DomainError('conflict', 'An override of this kind is waiting already: have it decided first.');
  throw error;
}
