import type { Findings } from './audit-findings.js';
import type { OpenedRow, SealedFile, StoredEvent } from './sealed-file.js';
import type { Words } from './words.js';

/** What one event says of a person's countries, and which was the authority's own then; an earlier release did not say that. */
interface Told {
  readonly links: readonly string[];
  readonly own: string | undefined;
}

/** Which countries bar their recipients, as the chains of one case tell it: that of origin, and those of the particulars. */
export class ToldCountries {
  private origin: readonly string[] = [];
  private readonly told: Told[] = [];
  private readonly correctedAt = new Set<number>();

  tell({ aggregate_kind: kind, type, at, facets }: StoredEvent, words: Words): void {
    if (kind === 'case' && type === 'REGISTER_CASE') this.origin = [`${String(facets['country'])}:origin`];
    if (kind !== 'person') return;
    const own = facets['ownCountry'] as string | undefined;
    if (type === 'REGISTER_PERSON') this.told.push({ links: linksOf(words), own });
    if (type === 'CORRECT_PARTICULARS') {
      this.told.push({ links: linksOf(words['applicant'] as Words), own });
      this.correctedAt.add(at.getTime());
    }
  }

  /**
   * What bars must be there, and be taken back by nobody; what is there must have been told. The own country bars nobody: `ownBefore`
   * is meant where the last event does not say which that was, and without it nothing that is missing is said.
   */
  hold(file: SealedFile, findings: Findings, ownBefore?: string): void {
    const rows = new Map(file.all('person_country').map((row) => [row.id, row]));
    const last = this.told.at(-1) ?? { links: [], own: undefined };
    const own = last.own ?? ownBefore;
    const because = `its chain tells that this country bars its recipients${last.own === undefined ? ", unless it was the authority's own then" : ''}`;
    for (const link of this.barring(last)) {
      const row = rows.get(link);
      if (row ? isDropped(row) : own !== undefined && !isOf(own, link))
        findings.add('rowMissing', this.placeOf(file, link), because);
    }
    const ever = new Set(this.told.flatMap((one) => this.barring(one)));
    for (const [link, row] of rows) {
      const told = isDropped(row) ? this.correctedAt.has(row.at?.getTime() ?? NaN) : ever.has(link);
      if (!told) findings.add('rowInserted', this.placeOf(file, link), 'no event tells of it');
    }
  }

  private barring({ links, own }: Told): string[] {
    return [...new Set([...this.origin, ...links])].filter((link) => own === undefined || !isOf(own, link));
  }

  private placeOf(file: SealedFile, link: string): string {
    return `person_country/${file.all('person')[0]?.id ?? ''}:${link}`;
  }
}

const isOf = (country: string, link: string): boolean => link.startsWith(`${country}:`);

const isDropped = ({ columns }: OpenedRow): boolean => columns['dropped_by'] !== null;

const linksOf = (applicant: Words): string[] => [
  ...listOf(applicant['nationalities']).map((country) => `${country}:nationality`),
  ...listOf(applicant['residences']).map((country) => `${country}:residence`),
];

const listOf = (value: unknown): readonly string[] => (Array.isArray(value) ? (value as string[]) : []);
