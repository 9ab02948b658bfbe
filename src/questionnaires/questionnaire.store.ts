import { Injectable } from '@nestjs/common';
import type { Text } from '../domain/questionnaire/format.js';
import type { Tx } from '../platform/database/database.js';
import type { QuestionnaireBody } from './publish-questionnaires.js';

export type Purpose = 'screening' | 'exclusion' | 'witness';

export interface QuestionnaireRow {
  readonly hash: string;
  readonly pack: string;
  readonly code: string;
  readonly version: number;
  readonly purpose: Purpose;
  readonly countries: readonly string[];
  readonly title: Text;
  readonly published_at: Date;
}

const COLUMNS = 'q.hash, q.pack, q.code, q.version, q.purpose, q.countries, q.title, q.published_at';
const IN_USE = (one: string) => `NOT EXISTS (
  SELECT FROM questionnaire_version v WHERE v.hash = ${one}.hash AND v.retired_at IS NOT NULL)`;
/** An older or retired version stays for the interviews that are pinned to it, and is offered to no new one. */
const NEWEST = `q.status = 'published' AND ${IN_USE('q')} AND NOT EXISTS (SELECT FROM questionnaire later
  WHERE later.code = q.code AND later.status = 'published' AND later.version > q.version AND ${IN_USE('later')})`;

/** Reads of published questionnaires, for the interviews that are or will be pinned to them. */
@Injectable()
export class QuestionnaireStore {
  bodiesInTx(tx: Tx, hashes: readonly string[]): Promise<{ hash: string; code: string; body: QuestionnaireBody }[]> {
    return tx.rows(
      'SELECT hash, code, body FROM questionnaire WHERE hash = ANY ($1)',
      [hashes],
      'questionnaire_bodies',
    );
  }

  /** Of the pack that serves the country, else of the base pack, which serves every country. */
  async findForCountryInTx(tx: Tx, country: string, purpose: Purpose): Promise<QuestionnaireRow | undefined> {
    return tx.one<QuestionnaireRow>(
      `SELECT ${COLUMNS} FROM questionnaire q WHERE q.purpose = $2 AND ${NEWEST}
         AND (q.countries = '{}' OR $1 = ANY (q.countries))
       ORDER BY q.countries = '{}', q.code LIMIT 1`,
      [country, purpose],
      'questionnaire_for_country',
    );
  }

  /** By hash (any version in use) or by code (the newest one). */
  async findNamedInTx(tx: Tx, name: string): Promise<QuestionnaireRow | undefined> {
    return tx.one<QuestionnaireRow>(
      `SELECT ${COLUMNS} FROM questionnaire q WHERE q.status = 'published' AND q.hash = $1 AND ${IN_USE('q')}
       UNION ALL SELECT ${COLUMNS} FROM questionnaire q WHERE q.code = $1 AND ${NEWEST} LIMIT 1`,
      [name],
      'questionnaire_named',
    );
  }
}
