import type { Write } from '../platform/database/write.js';
import { searchToken } from '../platform/database/sealing.js';
import type { KeyProvider } from '../platform/keys/keys.js';
import type { Applicant } from './applicant.js';
import { nameTokens } from './name-tokens.js';

export interface Particulars {
  readonly personId: string;
  readonly caseId: string;
  readonly countryOfOrigin: string;
  readonly applicant: Applicant;
  /** The country that decides: having lived here, or being a national of here as well, blocks no authority of ours. */
  readonly ownCountry: string;
}

/** The rows by which the database blocks recipients and by which a person is found. */
export function addParticulars(
  write: Write,
  keys: KeyProvider,
  { personId, caseId, countryOfOrigin, applicant, ownCountry }: Particulars,
): void {
  const links = [
    { country: countryOfOrigin, link: 'origin' },
    ...applicant.nationalities.map((country) => ({ country, link: 'nationality' })),
    ...applicant.residences.map((country) => ({ country, link: 'residence' })),
  ];
  for (const { country, link } of links) {
    if (country === ownCountry) continue;
    write.insert('person_country', { person_id: personId, case_id: caseId, country, link });
  }
  const tokens = nameTokens(applicant);
  for (const kind of ['normalised', 'phonetic'] as const) {
    for (const text of tokens[kind]) {
      write.insert('person_token', {
        person_id: personId,
        case_id: caseId,
        kind,
        token: searchToken(keys, kind, text),
      });
    }
  }
}
