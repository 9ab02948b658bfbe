import { Injectable } from '@nestjs/common';
import type { CompetenceRule } from '../domain/referral/competence.js';
import type { Tx } from '../platform/database/database.js';

interface RuleRow {
  id: string;
  version: number;
  kinds: string[];
  grounds: string[];
  countries: string[] | null;
  legal_basis: string;
  valid_from: string;
  valid_until: string | null;
  authority_id: string;
  code: string;
  name: string;
  country: string;
  disabled: boolean;
}

/** Competence rules with their authorities, and the countries that a person's referrals must never reach. */
@Injectable()
export class CompetenceStore {
  async findInTx(tx: Tx, caseId: string): Promise<{ rules: CompetenceRule[]; personCountries: string[] }> {
    const countries = await tx.rows<{ country: string }>(
      'SELECT DISTINCT country FROM person_country WHERE case_id = $1',
      [caseId],
      'person_countries',
    );
    const rows = await tx.rows<RuleRow>(
      `SELECT c.id, c.version, c.kinds, c.grounds, c.countries, c.legal_basis, c.valid_from, c.valid_until,
         a.id AS authority_id, a.code, a.name, a.country, a.disabled_at IS NOT NULL AS disabled
       FROM competence_rule c JOIN authority a ON a.id = c.authority_id`,
      [],
      'competence_rules',
    );
    return { rules: rows.map(toRule), personCountries: countries.map(({ country }) => country) };
  }
}

const toRule = (row: RuleRow): CompetenceRule => ({
  id: row.id,
  version: row.version,
  authority: {
    id: row.authority_id,
    code: row.code,
    name: row.name,
    country: row.country,
    disabled: row.disabled,
  },
  kinds: row.kinds,
  grounds: row.grounds,
  countries: row.countries,
  legalBasis: row.legal_basis,
  validFrom: row.valid_from,
  validUntil: row.valid_until,
});
