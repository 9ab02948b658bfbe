import { certainlyAdultAt, readDate } from '../domain/timeline/uncertain-date.js';

/** What is known of the person, sealed as a whole at `person:<id>`. */
export interface Applicant {
  readonly familyName: string;
  readonly givenNames: string;
  readonly aliases: readonly string[];
  /** EDTF. */
  readonly birthDate: string;
  readonly sex: 'female' | 'male' | 'other' | 'unknown';
  readonly nationalities: readonly string[];
  readonly residences: readonly string[];
  readonly representative?: { readonly name: string; readonly capacity: 'guardian' | 'counsel' | 'representative' };
}

/** In doubt a child: only somebody certainly adult on that day is not. */
export function isChildOn(applicant: Pick<Applicant, 'birthDate'>, day: Date): boolean {
  const birth = readDate(applicant.birthDate);
  return !birth.ok || !certainlyAdultAt(birth.date, day.toISOString().slice(0, 10));
}
