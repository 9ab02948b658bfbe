import { childAt, readDate, type UncertainDate, type YesNoUnclear } from '../timeline/uncertain-date.js';

/** What the dates say about a person's age at an act. Only `no` is certain; law treats `unclear` as the younger age. */
export interface AgeAtAct {
  readonly belowResponsibility: YesNoUnclear;
  readonly minor: YesNoUnclear;
  /** Why it is not certain that the person was an adult. */
  readonly because?: string;
}

const MAJORITY = 18;

export type Day = string | UncertainDate;

/** Reads EDTF, or takes a date already read. Throws nothing: what cannot be read is told. */
export function dayOf(given: Day): { ok: true; date: UncertainDate } | { ok: false; message: string } {
  return typeof given === 'string' ? readDate(given) : { ok: true, date: given };
}

/** The age at an act; a date that is not known could be any, so it leaves everything unclear. */
export function ageAtAct(
  birth: UncertainDate | undefined,
  when: UncertainDate | undefined,
  ageOfCriminalResponsibility: number,
): AgeAtAct {
  if (!birth || !when) {
    const missing = birth
      ? 'the act is not dated: write at least a period, such as 1990/1994'
      : 'no birth date is known';
    return { belowResponsibility: 'unclear', minor: 'unclear', because: missing };
  }
  const minor = childAt(birth, when, MAJORITY);
  const belowResponsibility = childAt(birth, when, ageOfCriminalResponsibility);
  if (minor === 'no' && belowResponsibility === 'no') return { belowResponsibility, minor };
  return { belowResponsibility, minor, because: sentence(belowResponsibility, minor, ageOfCriminalResponsibility) };
}

function sentence(below: YesNoUnclear, minor: YesNoUnclear, age: number): string {
  if (below === 'yes') return `the applicant was below ${age} at the act`;
  if (below === 'unclear') return `by the dates given, the applicant may have been below ${age} at the act`;
  return minor === 'yes'
    ? `the applicant was below ${MAJORITY} at the act`
    : `by the dates given, the applicant may have been below ${MAJORITY} at the act`;
}
