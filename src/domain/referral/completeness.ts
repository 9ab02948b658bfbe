import type { AllegationInFile, CaseFile, Content, InterviewInFile, ReferralKind } from './file.js';
import { elementsMissing } from './package-allegations.js';
import { notLookedThrough } from './whereabouts.js';
import { followUpsOf, inForce, recordState, wordsOf } from './package-facts.js';

/** One thing that a package lacks. No personal data: it is kept in plain. */
export interface Gap {
  readonly code: string;
  /** The interview, allegation or person it is about. */
  readonly subject: string;
  readonly sentence: string;
  readonly cure: string;
  /** The package may not leave with it, unless two people say so. Otherwise the package only tells of it. */
  readonly hinders: boolean;
}

/** What is told: the kind, and the allegations that the decision is about. */
export interface Telling {
  readonly kind: Exclude<ReferralKind, 'correction'>;
  readonly allegationIds: readonly string[];
}

/**
 * What is missing from a package, in the order of its parts; empty when it is complete. Failures known from practice: records
 * never read back, no word of what speaks for the person, sources cited and not sent, words that nobody translated.
 */
export function gapsOf(file: CaseFile, { kind, allegationIds }: Telling): Gap[] {
  if (kind === 'account') return accountGaps(file);
  const told = file.allegations.filter(({ id }) => allegationIds.includes(id));
  return [
    ...identityGaps(file),
    ...file.interviews.filter(({ answers }) => answers.length > 0).flatMap((one) => recordGaps(file, one)),
    ...told.flatMap((allegation) => allegationGaps(file, allegation)),
    ...personGaps(file),
    ...whereaboutsGaps(file),
  ];
}

/** Left out of an own account on purpose, so that nobody is told that the file lacks them. */
const NOT_OF_AN_ACCOUNT: readonly string[] = ['whereaboutsUnknown', 'recordingMissing'];

/** Of an own account only who speaks, the record, and where others are count. */
const accountGaps = (file: CaseFile): Gap[] =>
  [...identityGaps(file), ...file.interviews.flatMap((one) => recordGaps(file, one)), ...whereaboutsGaps(file)].filter(
    ({ code }) => !NOT_OF_AN_ACCOUNT.includes(code),
  );

/** Whoever speaks of somebody may say where they are: a person must have looked before the words leave. */
const whereaboutsGaps = (file: CaseFile): Gap[] =>
  notLookedThrough(file).map((subject) => ({
    code: 'whereaboutsNotLookedFor',
    subject,
    sentence: `The answers were not looked through for where the third person ${subject} is since the last was recorded.`,
    cure: 'Look through them and say which words tell it, or that none do: POST /api/cases/{id}/third-persons/{personId}/passages.',
    hinders: true,
  }));

function identityGaps({ person: { id, content, whereabouts } }: CaseFile): Gap[] {
  const correct = 'Correct the particulars: PUT /api/cases/{id}/applicant.';
  const about = { subject: id, hinders: true };
  const gaps: Gap[] = [];
  if (!content['familyName'] && !content['givenNames'])
    gaps.push({ ...about, code: 'identityWithoutName', sentence: 'The applicant has no name.', cure: correct });
  if (!Array.isArray(content['nationalities']) || content['nationalities'].length === 0)
    gaps.push({
      ...about,
      code: 'identityWithoutCountries',
      sentence: 'No nationality is recorded, nor that there is none: who must never be told cannot be known.',
      cure: correct,
    });
  if (whereabouts === null || whereabouts === 'unknown')
    gaps.push({
      code: 'whereaboutsUnknown',
      subject: id,
      sentence: 'Where the applicant is was not recorded.',
      cure: 'Record it: POST /api/cases/{id}/person/commands.',
      hinders: false,
    });
  return gaps;
}

function recordGaps(file: CaseFile, interview: InterviewInFile): Gap[] {
  const { id, content, recordings } = interview;
  const circumstances = content['circumstances'] as Content | undefined;
  const record = recordState(interview);
  const about = { subject: id, hinders: true };
  const gaps: Gap[] = [];
  if (record === 'open')
    gaps.push({
      ...about,
      code: 'recordOpen',
      sentence: 'The record of an interview was not read back and closed.',
      cure: 'Read it back and seal it (SEAL_INTERVIEW), or abandon the interview with its reason (ABANDON_INTERVIEW).',
    });
  if (record === 'sealed' && !content['confirmation'])
    gaps.push({
      ...about,
      code: 'recordNotConfirmed',
      sentence: 'A closed record says neither that the applicant confirmed it nor why not.',
      cure: 'Hold a further interview in which it is read back, or ask for an override with the reason.',
    });
  if (!file.notices.some(({ kind, interviewId, servedAt }) => kind === 'purpose' && interviewId === id && servedAt))
    gaps.push({
      ...about,
      code: 'noticeOfPurposeMissing',
      sentence: 'Of an interview it is not recorded that, and when, the notice of purpose was given.',
      cure: 'Hold a further interview after giving the notice, or ask for an override with the reason.',
    });
  if (circumstances?.['interpreter'] !== undefined) gaps.push(...translationGaps(interview));
  if (record === 'sealed' && circumstances?.['recordingAnnounced'] === true && recordings.length === 0)
    gaps.push({
      code: 'recordingMissing',
      subject: id,
      sentence: `An interview (${interview.purpose}) was announced as recorded, and no recording is in the file.`,
      cure: 'Add it: POST /api/interviews/{id}/recordings.',
      hinders: false,
    });
  return gaps;
}

/** Only where somebody interpreted: what was said in the language of the office needs no translation. */
function translationGaps(interview: InterviewInFile): Gap[] {
  const statements = [
    ...inForce(interview.answers).map(({ id, questionId, content }) => ({ id, questionId, content })),
    ...followUpsOf(interview).map((one) => ({ id: one.id, questionId: one.questionId, content: one })),
  ];
  const untranslated = statements.filter(({ id, content }) => {
    const words = wordsOf(content);
    const later = interview.translations.some(({ statementId }) => statementId === id);
    return words !== null && words.original !== null && words.interpreted === null && !later;
  });
  if (untranslated.length === 0) return [];
  const questions = [...new Set(untranslated.map(({ questionId }) => questionId))].sort();
  return [
    {
      code: 'translationMissing',
      subject: interview.id,
      sentence: `Words stand in the original alone, with neither interpretation nor translation, at: ${questions.join(', ')}.`,
      cure: 'Add a translation of each: POST /api/cases/{id}/translations.',
      hinders: true,
    },
  ];
}

function allegationGaps(file: CaseFile, allegation: AllegationInFile): Gap[] {
  const save = 'Complete the allegation: PUT /api/cases/{id}/allegations/{allegationId}.';
  const about = { subject: allegation.id, cure: save, hinders: true };
  const elements = elementsMissing(allegation);
  const absent = sourcesAbsent(file, allegation);
  return [
    ...(elements.length > 0
      ? [{ ...about, code: 'elementFindingsMissing', sentence: `Nothing was found on: ${elements.join('; ')}.` }]
      : []),
    ...((allegation.content['exculpatory'] ?? null) === null
      ? [
          {
            ...about,
            code: 'exculpatoryNotAssessed',
            sentence: 'What speaks for the applicant was not assessed; that nothing was found is an assessment too.',
          },
        ]
      : []),
    ...(absent.length > 0
      ? [
          {
            ...about,
            code: 'sourceAbsent',
            sentence: `Cited, and not part of this package: ${absent.join(', ')}.`,
          },
        ]
      : []),
  ];
}

/** A witness's own account is never part of a package about an allegation, so it cannot be cited in one either. */
function sourcesAbsent({ interviews, documents }: CaseFile, { evidence }: AllegationInFile): string[] {
  const there = {
    interview: new Set(interviews.map(({ id }) => id)),
    document: new Set(documents.map(({ id }) => id)),
  };
  const absent = evidence.filter(({ sourceKind, sourceRef }) => {
    const known = sourceKind === 'countryInformation' ? undefined : there[sourceKind];
    return known !== undefined && !known.has(sourceRef.split('#')[0]!);
  });
  return [...new Set(absent.map(({ sourceKind, sourceRef }) => `${sourceKind} ${sourceRef}`))].sort();
}

/** What bars recipients and is not on record. What nobody could find out hinders nothing; it is told of. */
function personGaps(file: CaseFile): Gap[] {
  return [...categoryGaps(file), ...countryGaps(file)];
}

const CANNOT_BE_KNOWN = 'who must never be told of it cannot be known';

function countryGaps({ thirdPersons, timeline, person }: CaseFile): Gap[] {
  const gaps: Gap[] = thirdPersons
    .filter(({ countries }) => countries.length === 0)
    .map(({ id }) => ({
      code: 'personWithoutCountries',
      subject: id,
      sentence: `Of a person named in the file no nationality or former residence is recorded: ${CANNOT_BE_KNOWN}.`,
      cure: 'Where one is known, withdraw the person and record them with it: POST /api/cases/{id}/third-persons.',
      hinders: false,
    }));
  const told = timeline.entries.some(({ kind, basis }) => kind === 'residence' && basis === 'statement');
  const residences = person.content['residences'];
  if (told && !(Array.isArray(residences) && residences.length > 0))
    gaps.push({
      code: 'residencesNotRecorded',
      subject: person.id,
      sentence: `The applicant told where they lived, and no country of former residence is recorded: where it was another, ${CANNOT_BE_KNOWN}.`,
      cure: 'Record the countries of former residence: PUT /api/cases/{id}/applicant.',
      hinders: false,
    });
  return gaps;
}

/** Whoever the applicant names travels categorised; names that nobody categorised yet are only told of. */
function categoryGaps({ interviews, thirdPersons, person }: CaseFile): Gap[] {
  const named = interviews.some(({ answers }) => inForce(answers).some(({ content }) => isName(content['value'])));
  if (!named || thirdPersons.length > 0) return [];
  return [
    {
      code: 'personsNotCategorised',
      subject: person.id,
      sentence: 'The applicant names others, and none of them is recorded with a category.',
      cure: 'Record them: POST /api/cases/{id}/third-persons.',
      hinders: false,
    },
  ];
}

const isName = (value: unknown): boolean =>
  value !== null && typeof value === 'object' && ('given' in value || 'family' in value || 'known' in value);
