import { Injectable } from '@nestjs/common';
import type { CompetenceRule } from '../domain/referral/competence.js';
import type { Tx } from '../platform/database/database.js';

/** Competence rules with their authorities, and the countries that a person's referrals must never reach. */
@Injectable()
export class CompetenceStore {
  async findInTx(tx: Tx, caseId: string): Promise<{ rules: CompetenceRule[]; personCountries: string[] }> {
    const found = await tx.one<{ rules: CompetenceRule[]; personCountries: string[] }>(
      COMPETENCE,
      [caseId],
      'competence',
    );
    return found ?? { rules: [], personCountries: [] };
  }
}

const COMPETENCE = `
  SELECT ARRAY(SELECT DISTINCT country FROM person_country WHERE case_id = $1 ORDER BY country) AS "personCountries",
    (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'id', c.id, 'version', c.version, 'kinds', c.kinds, 'grounds', c.grounds, 'countries', c.countries,
      'legalBasis', c.legal_basis, 'validFrom', c.valid_from, 'validUntil', c.valid_until,
      'authority', jsonb_build_object('id', a.id, 'code', a.code, 'name', a.name, 'country', a.country,
        'disabled', a.disabled_at IS NOT NULL))), '[]')
     FROM competence_rule c JOIN authority a ON a.id = c.authority_id) AS rules`;
