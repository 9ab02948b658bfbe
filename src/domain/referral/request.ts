import type { GrantPurpose } from './grant.js';

/** What a recipient may ask for beyond the package. */
export const requestKinds = {
  documents: 'documents of the file that the package does not hold',
  recordings: 'recordings of interviews that the package does not hold',
  explanation: 'a written answer from what the file holds',
  questionToApplicant: 'a question to be put to the applicant: always refused',
} as const;
/** What is asked beyond the package; `missing`: feedback said that the file is incomplete, and asks for what it lists. */
export type RequestKind = keyof typeof requestKinds | 'missing';

/** Why the authority does not answer a request. */
export const requestRefusals = {
  putToApplicant: 'It asks us to put a question to the applicant on the prosecutor’s behalf.',
  notInFile: 'The file does not hold it.',
  outsideLegalBasis: 'The legal basis it names does not cover it.',
  outsidePurpose: 'It goes beyond the purpose for which the file was opened.',
  thirdPerson: 'It concerns another person, whose data do not move with this file.',
  protectedSource: 'It would reveal a source that is protected.',
} as const;
export type RequestRefusal = keyof typeof requestRefusals;

/** How a request ends; whoever asked may withdraw it while it is open. */
export const requestOutcomes = ['answered', 'refused', 'withdrawn'] as const;
export type RequestOutcome = (typeof requestOutcomes)[number];

/** What every request is told that would have an officer ask on a prosecutor's behalf. */
export const NEVER_PUT_TO_APPLICANT =
  'Prosecutors never route questions through officers. The applicant has a duty to cooperate in the procedure on protection and, ' +
  'before a prosecutor, the right to remain silent; an interview for the one must not serve to get round the other, and the notice ' +
  'given before it promised so. Ask for what the file already holds (documents, recordings, explanation), or question the person ' +
  'yourself under the law of criminal procedure.';

/** Why the authority tells nothing about a person who was not referred. None of these says whether there is a case. */
export const personRefusals = {
  legalBasisMissing: { says: 'The legal basis it names does not allow us to answer.', readsFile: false },
  purposeNotCovered: { says: 'The purpose it names is none for which we may answer.', readsFile: false },
  tooVague: { says: 'Its particulars or its scope are too vague to be answered.', readsFile: false },
  notDisclosed: {
    says: 'Nothing is disclosed. This neither confirms nor denies that the person is known to us.',
    readsFile: true,
  },
} as const;
export type PersonRefusal = keyof typeof personRefusals;

/** A request about somebody who was not referred, as the requesting authority states it. */
export interface PersonRequestWords {
  readonly legalBasis: string;
  readonly scope: string;
  readonly reasons: string;
  readonly particulars: {
    readonly familyName: string;
    readonly givenNames: string;
    readonly aliases: readonly string[];
    readonly birthDate: string | null;
    readonly nationalities: readonly string[];
  };
}

export type PersonRequestPurpose = GrantPurpose;

/**
 * When the requesting authority is told. A refusal that could follow from a search is told when the time to answer runs out, whatever was
 * found and however soon it was decided, so that its speed tells nothing; everything else at once.
 */
export function toldFrom(
  { outcome, refusal }: { readonly outcome: 'disclosed' | 'refused'; readonly refusal: PersonRefusal | null },
  decidedAt: Date,
  dueAt: Date,
): Date {
  const fromSearch = outcome === 'refused' && refusal !== null && personRefusals[refusal].readsFile;
  return fromSearch && dueAt > decidedAt ? dueAt : decidedAt;
}
