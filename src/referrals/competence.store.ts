import { Injectable } from '@nestjs/common';
import type { CompetenceRule } from '../domain/referral/competence.js';
import type { Tx } from '../platform/database/database.js';
import type { Call, Prepared } from '../platform/database/prepared.js';

/** What competence is decided on, beside kind, grounds and day. */
export interface CompetenceFacts {
  readonly rules: CompetenceRule[];
  /** Without those that one person corrected away: they only go on to bar. */
  readonly personCountries: string[];
  /** Of the allegations that stand on file. */
  readonly actCountries: string[];
  readonly whereabouts: string | null;
}

/** Competence rules with their authorities, and what of the person and the acts they may ask. */
@Injectable()
export class CompetenceStore {
  async findInTx(tx: Tx, caseId: string): Promise<CompetenceFacts> {
    const [rows] = await tx.all([this.reading(caseId)]);
    return this.found(rows);
  }

  /** What `findInTx` sends, for whoever reads more in the same round trip. */
  reading(caseId: string): Call {
    return { statement: COMPETENCE, values: [caseId] };
  }

  /** What `reading` was answered with. */
  found(rows: readonly object[]): CompetenceFacts {
    const nothing = { rules: [], personCountries: [], actCountries: [], whereabouts: null };
    return (rows[0] as CompetenceFacts | undefined) ?? nothing;
  }
}

const COMPETENCE: Prepared = {
  name: 'f1_competence',
  types: ['uuid'],
  text: `
  SELECT ARRAY(SELECT DISTINCT country FROM person_country WHERE case_id = $1 AND dropped_by IS NULL ORDER BY country) AS "personCountries",
    ARRAY(SELECT DISTINCT act_country FROM allegation WHERE case_id = $1 AND withdrawn_at IS NULL AND act_country IS NOT NULL
      ORDER BY act_country) AS "actCountries",
    (SELECT coalesce(snapshot #>> '{whereabouts,alive}', snapshot ->> 'whereabouts') FROM person WHERE case_id = $1) AS whereabouts,
    (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'id', c.id, 'version', c.version, 'kinds', c.kinds, 'grounds', c.grounds, 'countries', c.countries,
      'actCountries', c.act_countries, 'whereabouts', c.whereabouts,
      'legalBasis', c.legal_basis, 'validFrom', c.valid_from, 'validUntil', c.valid_until,
      'authority', jsonb_build_object('id', a.id, 'code', a.code, 'name', a.name, 'lands', a.lands,
        'disabled', a.disabled_at IS NOT NULL,
        'barred', EXISTS (SELECT FROM person_country p WHERE p.case_id = $1 AND p.dropped_by IS NOT NULL
            AND p.country = ANY (a.lands))
          OR EXISTS (SELECT FROM persecution_actor x WHERE x.case_id = $1 AND x.withdrawn_at IS NULL
          AND (x.authority_id = a.id OR x.country = ANY (a.lands)))
          OR EXISTS (SELECT FROM third_person t WHERE t.case_id = $1 AND t.withdrawn_at IS NULL
            AND t.countries && a.lands)))), '[]')
     FROM competence_rule c JOIN authority a ON a.id = c.authority_id) AS rules`,
};
