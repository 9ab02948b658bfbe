import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database/database.js';
import type { AllegationDto } from './allegation.dto.js';

/** An allegation as its rows hold it, opened. */
export type StoredAllegation = AllegationDto;

export interface EvidenceRow {
  readonly kind: 'interview' | 'document' | 'countryInformation';
  readonly ref: string;
  readonly exculpatory: boolean;
  readonly id: string;
  /** Hex; the citation, where `ref` is its token. */
  readonly sealed: string | null;
}

export interface AllegationRow {
  readonly id: string;
  readonly ground: AllegationDto['ground'];
  readonly crime: string;
  readonly scope: AllegationDto['scope'];
  readonly template_version: number;
  readonly sealed: Buffer;
  readonly intended_to_stand: boolean;
  readonly position: number;
  readonly elements: readonly {
    readonly element: string;
    readonly finding: 'met' | 'notMet' | 'unclear';
    /** Hex, for it comes through JSON. */
    readonly sealed: string;
    readonly evidence: readonly EvidenceRow[];
  }[];
}

export interface AnswerRow {
  readonly id: string;
  readonly interview_id: string;
  readonly question_id: string;
  readonly sealed: Buffer;
}

@Injectable()
export class AllegationStore {
  findAllInTx(tx: Tx, caseId: string): Promise<AllegationRow[]> {
    return tx.rows<AllegationRow>(
      `SELECT a.id, a.ground, a.crime, a.scope, a.template_version, a.sealed, a.intended_to_stand, a.position,
         coalesce((SELECT json_agg(json_build_object('element', f.element, 'finding', f.finding, 'sealed', encode(f.sealed, 'hex'),
           'evidence', coalesce((SELECT json_agg(json_build_object('kind', e.source_kind, 'ref', e.source_ref,
             'exculpatory', e.exculpatory, 'id', e.id, 'sealed', encode(e.sealed, 'hex')) ORDER BY e.id) FROM evidence e
             WHERE e.allegation_id = a.id AND e.element = f.element), '[]')) ORDER BY f.element)
           FROM element_finding f WHERE f.allegation_id = a.id), '[]') AS elements
       FROM allegation a WHERE a.case_id = $1 AND a.withdrawn_at IS NULL ORDER BY a.position`,
      [caseId],
      'allegations_of',
    );
  }

  /** The position an allegation of this case has, or the next one. */
  async positionInTx(tx: Tx, caseId: string, id: string): Promise<number> {
    const row = await tx.one<{ position: number }>(
      `SELECT coalesce((SELECT position FROM allegation WHERE id = $2 AND case_id = $1),
         (SELECT coalesce(max(position), 0) + 1 FROM allegation WHERE case_id = $1)) AS position`,
      [caseId, id],
      'allegation_position',
    );
    return row?.position ?? 1;
  }

  /** Takes the old matrix away; the chain keeps what it said. */
  async clearMatrixInTx(tx: Tx, id: string): Promise<void> {
    await tx.rows(
      'WITH e AS (DELETE FROM evidence WHERE allegation_id = $1) DELETE FROM element_finding WHERE allegation_id = $1',
      [id],
    );
  }

  async sourcesInTx(tx: Tx, caseId: string): Promise<{ interviews: Set<string>; documents: Set<string> }> {
    const row = await tx.one<{ interviews: string[]; documents: string[] }>(
      `SELECT ARRAY(SELECT id::text FROM interview WHERE case_id = $1) AS interviews,
         ARRAY(SELECT id::text FROM document WHERE case_id = $1) AS documents`,
      [caseId],
      'evidence_sources',
    );
    return { interviews: new Set(row?.interviews), documents: new Set(row?.documents) };
  }

  /** The answers in force, by interview, to the questions that evidence names and to every question about the date of birth. */
  async answersInTx(tx: Tx, caseId: string, questions: readonly string[]): Promise<AnswerRow[]> {
    return tx.rows<AnswerRow>(
      `SELECT DISTINCT ON (interview_id, question_id, item) id, interview_id, question_id, sealed FROM answer
       WHERE case_id = $1 AND (question_id = ANY ($2) OR question_id = 'birthDate' OR question_id LIKE '%:birthDate')
       ORDER BY interview_id, question_id, item, revision DESC`,
      [caseId, questions],
      'answers_relied_on',
    );
  }

  async ageOfCriminalResponsibilityInTx(tx: Tx): Promise<number> {
    const row = await tx.one<{ value: number }>(
      `SELECT value::int AS value FROM legal_setting WHERE name = 'ageOfCriminalResponsibility' AND valid_from <= f1_now()::date
       ORDER BY valid_from DESC LIMIT 1`,
      [],
      'age_of_responsibility',
    );
    if (!row) throw new Error('legal_setting has no ageOfCriminalResponsibility: run "f1 migrate"');
    return row.value;
  }
}
