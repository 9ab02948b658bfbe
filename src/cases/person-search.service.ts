import { Injectable } from '@nestjs/common';
import { DataKeys } from '../platform/database/data-keys.js';
import type { Tx } from '../platform/database/database.js';
import { searchToken } from '../platform/database/sealing.js';
import { Keys } from '../platform/keys/keys.module.js';
import type { Applicant } from './applicant.js';
import { nameTokens } from './name-tokens.js';

export interface PersonFound {
  /** Of the case. */
  readonly id: string;
  readonly reference: string;
  readonly countryOfOrigin: string;
  readonly name: string;
  readonly birthDate: string;
  readonly nationalities: readonly string[];
  /** Which of the names asked for are found as they are written. The others sound alike. */
  readonly sameNames: number;
  readonly alikeNames: number;
}

export interface PersonsFound {
  readonly items: readonly PersonFound[];
  /** Units whose files this person does not see, with how many of them hold such a name. */
  readonly elsewhere: readonly { readonly unit: string; readonly cases: number }[];
}

const MOST = 50;

interface FoundRow {
  id: string;
  reference: string;
  country_of_origin: string;
  person_id: string;
  sealed: Buffer;
  wrapped: Buffer;
  same: string;
  alike: string;
}

/** Finds persons by their names, without a name being written anywhere: for a person to compare, never to decide by. */
@Injectable()
export class PersonSearchService {
  constructor(
    private readonly keys: Keys,
    private readonly dataKeys: DataKeys,
  ) {}

  /** Among the files that the actor sees, those that share a name, best first; and where else one is found. */
  async findInTx(tx: Tx, names: Pick<Applicant, 'familyName' | 'givenNames' | 'aliases'>): Promise<PersonsFound> {
    const { normalised, phonetic } = nameTokens(names);
    const same = normalised.map((text) => searchToken(this.keys, 'normalised', text));
    const alike = phonetic.map((text) => searchToken(this.keys, 'phonetic', text));
    const rows = await tx.rows<FoundRow>(
      `SELECT c.id, c.reference, c.country_of_origin, p.id AS person_id, p.sealed, k.wrapped, m.same, m.alike
       FROM (SELECT t.case_id, count(*) FILTER (WHERE t.token = ANY ($1::bytea[])) AS same,
           count(*) FILTER (WHERE t.token = ANY ($2::bytea[])) AS alike
         FROM person_token t WHERE t.token = ANY ($1::bytea[] || $2::bytea[]) GROUP BY t.case_id) m
       JOIN case_file c ON c.id = m.case_id JOIN person p ON p.case_id = c.id
       JOIN data_key k ON k.case_id = c.id AND k.wrapped IS NOT NULL
       ORDER BY m.same DESC, m.alike DESC, c.created_at DESC, c.id LIMIT $3`,
      [same, alike, MOST],
      'persons_by_name',
    );
    const elsewhere = await tx.rows<{ unit: string; cases: string }>(
      'SELECT unit, cases FROM f1_person_token_elsewhere($1::bytea[])',
      [same],
      'persons_elsewhere',
    );
    return {
      items: rows.map((row) => this.view(row)),
      elsewhere: elsewhere.map(({ unit, cases }) => ({ unit, cases: Number(cases) })),
    };
  }

  private view(row: FoundRow): PersonFound {
    const key = this.dataKeys.unwrap(row.id, row.wrapped);
    const { familyName, givenNames, birthDate, nationalities } = key.open<Applicant>(
      row.sealed,
      `person:${row.person_id}`,
    );
    return {
      id: row.id,
      reference: row.reference,
      countryOfOrigin: row.country_of_origin,
      name: `${familyName}, ${givenNames}`,
      birthDate,
      nationalities,
      sameNames: Number(row.same),
      alikeNames: Number(row.alike),
    };
  }
}
