import { randomUUID } from 'node:crypto';
import type { Caller } from '../../src/demo/api-client.js';
import { allegationContent, type AllegationPlan, type Cast, COUNTRY_INFORMATION } from '../../src/demo/case-walk.js';
import type { Narrator } from '../../src/demo/narrator.js';
import { person } from '../../src/demo/people.js';
import { elementTemplates } from '../../src/domain/exclusion/templates.js';

/** Plays the demo's stories without telling them. */
export const silent: Narrator = {
  title: () => undefined,
  step: () => undefined,
  note: () => undefined,
  state: () => undefined,
};

export const GENOCIDE: AllegationPlan = {
  ground: '1F(a)',
  crime: 'genocide',
  summary: 'Called an invented attack and took part in it.',
  when: '1994-04-13',
  place: 'Kabarondo',
  stands: true,
};

export const ROBBERY: AllegationPlan = {
  ground: '1F(b)',
  crime: 'seriousNonPoliticalCrime',
  summary: 'Is said to have robbed an invented shop before coming here.',
  when: '1996',
  place: 'a camp in exile',
  stands: false,
  unclear: ['act'],
};

/** The stops on the way to an exclusion, in their order; each has everything before it. */
const STOPS = [
  'triage',
  'preparing',
  'interviewing',
  'analysing',
  'written',
  'intention',
  'answered',
  'review',
  'signedOff',
  'approved',
  'excluded',
] as const;
type Stop = (typeof STOPS)[number];

export interface CaseWanted {
  readonly allegations?: readonly AllegationPlan[];
  readonly applicant?: object;
  readonly procedureType?: string;
}

export interface CaseAt {
  readonly id: string;
  readonly interview: string;
  readonly allegations: readonly string[];
  /** What a decision says of each allegation: as it was intended. */
  readonly outcomes: readonly { allegationId: string; stands: boolean; reasons: string }[];
}

/** A case that came this far over the API, with interviews as short as they may be. */
export async function aCaseAt(
  cast: Cast,
  stop: Stop,
  { allegations: plans = [GENOCIDE, ROBBERY], applicant = anApplicant(), procedureType }: CaseWanted = {},
): Promise<CaseAt> {
  const opened = { applicant, countryOfOrigin: 'RW', ...(procedureType ? { procedureType } : {}) };
  const { id } = await cast.officer.post<{ id: string }>('/api/cases', opened);
  const far = (other: Stop): boolean => STOPS.indexOf(stop) >= STOPS.indexOf(other);
  const send = (by: Caller, type: string, more: object = {}) => by.post(`/api/cases/${id}/commands`, { type, ...more });
  const outcomes = plans.map(({ stands }) => ({
    allegationId: randomUUID() as string,
    stands,
    reasons: 'Follows from the record.',
  }));
  let interview = '';
  if (far('preparing')) await send(cast.interviewer, 'ACCEPT_TRIAGE');
  if (far('interviewing')) await send(cast.interviewer, 'START_INTERVIEWING');
  if (far('analysing')) {
    interview = await aSealedInterview(cast.interviewer, id, 'exclusion');
    await send(cast.interviewer, 'COMPLETE_INTERVIEWING');
  }
  if (far('written')) {
    for (const [index, plan] of plans.entries()) {
      const path = `/api/cases/${id}/allegations/${outcomes[index]!.allegationId}`;
      await cast.analyst.put(path, contentOf(plan, interview));
    }
  }
  if (far('intention')) await send(cast.analyst, 'SERVE_INTENTION', { text: 'We intend to exclude.', language: 'rw' });
  if (far('answered')) {
    await cast.officer.post(`/api/cases/${id}/disclosures`, DISCLOSURE);
    await cast.officer.post(`/api/cases/${id}/submissions`, REPLY);
  }
  if (far('review')) await send(cast.analyst, 'SUBMIT_FOR_REVIEW');
  if (far('signedOff')) await send(cast.legal, 'SIGN_OFF_LEGALLY', { reasons: 'The elements are made out.' });
  if (far('approved')) await send(cast.reviewer, 'APPROVE_REVIEW', { reasons: 'Follows from the record.' });
  if (far('excluded'))
    await send(cast.decider, 'DECIDE_EXCLUSION', {
      reasons: 'Serious reasons for considering.',
      allegations: outcomes,
    });
  return { id, interview, allegations: outcomes.map(({ allegationId }) => allegationId), outcomes };
}

export const DISCLOSURE = {
  sourceKind: 'countryInformation',
  sourceRef: COUNTRY_INFORMATION,
  substance: 'That the tribunal took judicial notice was put to the applicant.',
  how: 'with the notice of intention, through the interpreter',
};

export const REPLY = { kind: 'replyToIntention', text: 'The applicant disputes it.', from: 'counsel' };

/** An invented applicant, with what a test cares about. */
export const anApplicant = (about: object = {}): object => ({ ...person('Exemplaris', 'Inventus'), ...about });

/** One allegation in full, as the API takes it. */
export function contentOf(plan: AllegationPlan, interview: string): ReturnType<typeof allegationContent> {
  const template = elementTemplates
    .filter(({ ground, crime }) => ground === plan.ground && crime === plan.crime)
    .at(-1);
  if (!template) throw new Error(`there is no template for ${plan.ground} ${plan.crime}`);
  return allegationContent(template, interview, plan);
}

/** A reasoned suspicion decision: proposed by the case officer, confirmed by the reviewer. */
export async function decideSuspicion(cast: Cast, id: string, suspicion: boolean): Promise<void> {
  const proposal = { type: 'PROPOSE_SUSPICION', suspicion, reasons: 'As the record shows.' };
  await cast.officer.post(`/api/cases/${id}/commands`, proposal);
  await cast.reviewer.post(`/api/cases/${id}/commands`, { type: 'CONFIRM_SUSPICION' });
}

/** What the shipped screening requires of somebody who was in Rwanda in spring 1994. */
export const REQUIRED_OF_SCREENING = {
  birthDate: '1962-03-11',
  accountLife: { interpreted: 'An invented life.' },
  accountPeriods: ['spring1994'],
  askedOfYou: ['nothing'],
  serviceForces: ['none'],
  publicOffice: ['none'],
  violencePosition: ['notThere'],
  proceedings: ['none'],
  ownExplanation: { interpreted: 'Nothing to add.' },
};

/** What the focused interview requires beside, and the answer that the allegations cite. */
const FOCUSED = {
  neighbourhood: ['nothing'],
  sleptWhere: 'home',
  violencePosition: ['amongAttackers'],
  positionAge: 32,
  afterJuly: ['stayed'],
};

/** What a survivor says in the focused interview, where its module for witnesses and victims asks. */
export const SURVIVED = {
  violencePosition: ['threatened'],
  positionAge: null,
  sleptWhere: 'hiding',
  'witnessAccount.what': {
    original: 'Twihishe mu rufunzo.',
    originalLanguage: 'rw',
    interpreted: 'We hid in the invented marsh.',
  },
  'witnessAccount.who': 'Men of an invented neighbouring hill.',
};

/** An interview in which only what must be asked was asked, and what a test adds; what is null there is not asked. */
export async function aSealedInterview(
  by: Caller,
  caseId: string,
  purpose: 'screening' | 'exclusion',
  more: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const id = await anInterviewUnderWay(by, caseId, purpose);
  const told = { ...REQUIRED_OF_SCREENING, ...(purpose === 'exclusion' ? FOCUSED : {}), ...more };
  for (const [questionId, value] of Object.entries(told)) {
    if (value !== null) await by.post(`/api/interviews/${id}/answers`, { questionId, value });
  }
  await by.post(`/api/interviews/${id}/commands`, { type: 'FINISH_QUESTIONS' });
  const seal = { type: 'SEAL_INTERVIEW', readBack: true, confirmation: 'confirmed' };
  await by.post(`/api/interviews/${id}/commands`, seal);
  return id;
}

export async function anInterviewUnderWay(
  by: Caller,
  caseId: string,
  purpose: 'screening' | 'exclusion',
): Promise<string> {
  const { id } = await by.post<{ id: string }>(`/api/cases/${caseId}/interviews`, { purpose });
  await by.post(`/api/interviews/${id}/commands`, {
    type: 'GIVE_NOTICE',
    language: 'rw',
    acknowledged: true,
    recordingAnnounced: true,
    transmissionTold: true,
    interpreter: { reference: 'INT-000', confirmed: true },
  });
  await by.post(`/api/interviews/${id}/commands`, { type: 'START_INTERVIEW' });
  return id;
}

/** A survivor's agreement to have the own account transmitted, as the API takes it. */
export const anAgreement = (interviewId: string, about: object = {}): object => ({
  category: 'victim',
  interviewId,
  questionIds: ['witnessAccount.what'],
  text: 'I agree that what I told here is sent to the prosecutors. I can revoke this until they have used it.',
  textVersion: 'invented-1',
  language: 'rw',
  readBy: 'INT-000',
  givenAt: '2026-01-02T10:00:00.000Z',
  ...about,
});
