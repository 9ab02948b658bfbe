import type { Findings } from './audit-findings.js';
import type { OpenedRow, SealedFile, StoredEvent } from './sealed-file.js';

type Words = Readonly<Record<string, unknown>>;

/** Which countries bar their recipients, as the chains of one case tell it: that of origin, and those of the particulars. */
export class ToldCountries {
  private origin: readonly string[] = [];
  private named: readonly string[] = [];
  private readonly ever = new Set<string>();
  private readonly correctedAt = new Set<number>();

  tell({ aggregate_kind: kind, type, at, facets }: StoredEvent, words: Words): void {
    if (kind === 'case' && type === 'REGISTER_CASE') this.origin = [`${String(facets['country'])}:origin`];
    if (kind === 'person' && type === 'REGISTER_PERSON') this.named = linksOf(words);
    if (kind === 'person' && type === 'CORRECT_PARTICULARS') {
      this.named = linksOf(words['applicant'] as Words);
      this.correctedAt.add(at.getTime());
    }
    for (const link of [...this.origin, ...this.named]) this.ever.add(link);
  }

  /**
   * What bars must be there, and be taken back by nobody; what is there must have been told. The own country bars nobody: which that
   * is stands in the configuration, and without it nothing that is missing is said.
   */
  hold(file: SealedFile, findings: Findings, ownCountry?: string): void {
    const rows = new Map(file.all('person_country').map((row) => [row.id, row]));
    for (const link of new Set([...this.origin, ...this.named])) {
      const row = rows.get(link);
      if (row ? isDropped(row) : ownCountry !== undefined && !link.startsWith(`${ownCountry}:`))
        findings.add('rowMissing', this.placeOf(file, link), 'its chain tells that this country bars its recipients');
    }
    for (const [link, row] of rows) {
      const told = isDropped(row) ? this.correctedAt.has(row.at?.getTime() ?? NaN) : this.ever.has(link);
      if (!told) findings.add('rowInserted', this.placeOf(file, link), 'no event tells of it');
    }
  }

  private placeOf(file: SealedFile, link: string): string {
    return `person_country/${file.all('person')[0]?.id ?? ''}:${link}`;
  }
}

const isDropped = ({ columns }: OpenedRow): boolean => columns['dropped_by'] !== null;

const linksOf = (applicant: Words): string[] => [
  ...listOf(applicant['nationalities']).map((country) => `${country}:nationality`),
  ...listOf(applicant['residences']).map((country) => `${country}:residence`),
];

const listOf = (value: unknown): readonly string[] => (Array.isArray(value) ? (value as string[]) : []);
