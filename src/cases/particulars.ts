import type { CountryLink } from '../domain/referral/country-changes.js';
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
export function addParticulars(write: Write, keys: KeyProvider, particulars: Particulars): void {
  const { personId, caseId } = particulars;
  for (const link of countriesOf(particulars))
    write.insert('person_country', { person_id: personId, case_id: caseId, ...link });
  addTokens(write, keys, particulars);
}

/** Every country that bars its recipients. */
export function countriesOf({
  countryOfOrigin,
  applicant,
  ownCountry,
}: Pick<Particulars, 'countryOfOrigin' | 'applicant' | 'ownCountry'>): CountryLink[] {
  const links: CountryLink[] = [
    { country: countryOfOrigin, link: 'origin' },
    ...applicant.nationalities.map((country) => ({ country, link: 'nationality' as const })),
    ...applicant.residences.map((country) => ({ country, link: 'residence' as const })),
  ];
  return links.filter(({ country }) => country !== ownCountry);
}

/** What a person can be found by. */
export function addTokens(
  write: Write,
  keys: KeyProvider,
  { personId, caseId, applicant }: Pick<Particulars, 'personId' | 'caseId' | 'applicant'>,
): void {
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
