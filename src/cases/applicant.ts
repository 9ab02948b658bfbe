import { certainlyAdultAt, childAt, readDate } from '../domain/timeline/uncertain-date.js';
import { InvalidInput } from '../platform/http/problem.js';
import type { ApplicantDto } from './register-case.dto.js';

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

/** Completed years on that day, of an uncertain date the fewest; undefined where the date leaves open whether it is an adult's. */
export function fewestYearsOn({ birthDate }: Pick<Applicant, 'birthDate'>, day: Date): number | undefined {
  const birth = readDate(birthDate);
  const today = day.toISOString().slice(0, 10);
  if (!birth.ok) return undefined;
  // A year of which half is unknown reaches beyond that day and tells nothing; "202X" does too, and tells of a small child.
  if (birth.date.latest > today) return childAt(birth.date, today) === 'yes' ? 0 : undefined;
  const { latest } = birth.date;
  const years = Number(today.slice(0, 4)) - Number(latest.slice(0, 4));
  // As text, somebody born on 29 February comes of age on 1 March of a common year: the later day, in the person's favour.
  return today.slice(4) < latest.slice(4) ? years - 1 : years;
}

/** A request's particulars as they are sealed and compared: plain, with nothing said twice. */
export function applicantOf({ representative, ...known }: ApplicantDto): Applicant {
  return { ...known, ...(representative ? { representative: { ...representative } } : {}) };
}

/** Nobody is born after today. */
export function assertBorn({ birthDate }: Pick<Applicant, 'birthDate'>, day: Date): void {
  const birth = readDate(birthDate);
  if (birth.ok && birth.date.earliest > day.toISOString().slice(0, 10)) {
    throw new InvalidInput([
      {
        pointer: '/applicant/birthDate',
        detail: 'lies in the future: send the date of birth, as precise as it is known',
      },
    ]);
  }
}
