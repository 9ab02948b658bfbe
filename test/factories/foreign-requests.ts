import { randomUUID } from 'node:crypto';
import { GENOCIDE, anAgreement, contentOf } from './case-walk.js';
import {
  A_FOLLOW_UP,
  A_GRANT,
  A_HOLD,
  A_REQUEST,
  ABOUT,
  aDisclosure,
  aFile,
  aSearch,
  AN_ANSWER,
  aThirdPerson,
  FEEDBACK,
  PARTICULARS,
  planted,
  type PlantedFile,
} from './planted-file.js';

/** How somebody tries a route on a file that is foreign to them: with the file's ids, and a body that is right in itself. */
export interface Attempt {
  /** What stands for the parameters in the path. */
  readonly ids: (file: PlantedFile, username: string) => Readonly<Record<string, string>>;
  readonly asking?: (file: PlantedFile) => { readonly body?: unknown; readonly headers?: Record<string, string> };
  readonly query?: string;
  /** A list or an account that is empty, instead of a refusal. */
  readonly empty?: true;
  /** Recipients read it while they hold a grant on a referral that names it. */
  readonly underGrant?: true;
  /** Without the check nothing but the database stands in the way: it refuses the row, and the answer is 500. */
  readonly refusedByTheDatabase?: true;
  /** Usernames whose own work it is. */
  readonly meantFor?: readonly string[];
}

const ofCase = (body?: unknown, more: Partial<Attempt> = {}): Attempt => ({
  ids: (file) => ({
    id: file.caseId,
    assignmentId: file.assignmentId,
    allegationId: file.allegationId,
    personId: file.thirdPersonId,
    actorId: file.actorId,
    unblockingId: file.unblockingId,
    reconsiderationId: file.reconsiderationId,
  }),
  ...(body === undefined ? {} : { asking: () => ({ body }) }),
  ...more,
});
/** The case whose interview goes on. */
const ofOpenCase = (body: unknown): Attempt => ({
  ids: ({ open }) => ({ id: open.caseId, overrideId: open.overrideId }),
  asking: () => ({ body }),
});
const ofInterview = (body?: unknown, more: Partial<Attempt> = {}): Attempt => ({
  ids: ({ open }) => ({ id: open.interviewId, indicatorId: 'ownActsTold' }),
  ...(body === undefined ? {} : { asking: () => ({ body }) }),
  ...more,
});
const ofRecord: Attempt = { ids: ({ interviewId }) => ({ id: interviewId }) };
const ofRecording = (body?: unknown): Attempt => ({
  ids: ({ recordingId }) => ({ id: recordingId }),
  ...(body === undefined ? {} : { asking: () => ({ body }) }),
});
/** The referral of the other authority than the own. */
const ofReferral = (body?: unknown, more: Partial<Attempt> = {}): Attempt => ({
  ids: ({ referrals, documentId, recordingId }, username) => {
    const { id, grantId, requestId, holdId } = referrals[username === 'prosecutor' ? 'war-crimes' : 'prosecutor'];
    return { id, grantId, requestId, holdId, documentId, recordingId };
  },
  ...(body === undefined ? {} : { asking: () => ({ body }) }),
  ...more,
});
/** What waits for a second person. */
const ofLetter = (body?: unknown): Attempt => ({
  ids: ({ letter }) => ({ id: letter.referralId, letterId: letter.letterId }),
  ...(body === undefined ? {} : { asking: () => ({ body }) }),
});
const ofClosing = (body?: unknown): Attempt => ({
  ids: ({ closing }) => ({ id: closing.referralId, closingId: closing.closingId }),
  ...(body === undefined ? {} : { asking: () => ({ body }) }),
});
/** Random, as the ids of statements are. */
const A_STATEMENT = '5f0c1f3e-8a39-4e8e-9d0c-0b6a6f0b7c11';
const nothing: Attempt['ids'] = () => ({});
const ofSearch = (body?: unknown, meantFor: readonly string[] = []): Attempt => ({
  ids: ({ personRequestId, proposalId }) => ({ id: personRequestId, proposalId }),
  ...(body === undefined ? {} : { asking: () => ({ body }) }),
  empty: true,
  meantFor,
});
const EMPTY = { empty: true } as const;
const WHY = { reason: planted('a stranger') };

/** Every route that touches somebody's data. */
export const ATTEMPTS: Readonly<Record<string, Attempt>> = {
  'GET cases': { ids: nothing, empty: true, meantFor: ['auditor'] },
  // Who is in no unit opens a case in none.
  'POST cases': {
    ids: nothing,
    asking: () => ({ body: { applicant: PARTICULARS, countryOfOrigin: 'RW' } }),
    meantFor: ['north', 'officer-north'],
  },
  'GET cases/:id': ofCase(),
  'GET cases/:id/history': ofCase(),
  'POST cases/:id/commands': ofCase({ type: 'PROPOSE_SUSPICION', suspicion: false, reasons: planted('a stranger') }),
  'POST cases/:id/assignments': ofCase({ username: 'officer-north', role: 'caseOfficer' }),
  'POST cases/:id/assignments/:assignmentId/end': ofCase({}),
  'GET cases/:id/corrections': ofCase(undefined, EMPTY),
  'GET cases/:id/reconsiderations': ofCase(),
  'POST cases/:id/reconsiderations/:reconsiderationId/decide': ofCase({ outcome: 'maintained', reasons: 'None.' }),
  'GET cases/:id/package-check': ofCase(undefined, { query: '?kind=exclusion' }),
  'POST cases/:id/package-overrides': ofOpenCase({ kind: 'suspicion', ...WHY }),
  'POST cases/:id/package-overrides/:overrideId/decision': ofOpenCase({ outcome: 'approved', ...WHY }),
  'POST cases/:id/translations': {
    ids: ({ open }) => ({ id: open.caseId }),
    asking: ({ open }) => ({
      body: {
        interviewId: open.interviewId,
        statementId: A_STATEMENT,
        language: 'en',
        text: planted('a translation'),
        translator: 'T-1',
      },
    }),
  },
  'POST cases/:id/undisclosed-exculpatory': ofCase(WHY),
  'POST cases/:id/submissions': ofCase({ kind: 'evidence', text: planted('evidence'), from: 'counsel' }),
  'POST cases/:id/disclosures': ofCase(aDisclosure()),
  'GET cases/:id/agreements': ofCase(),
  'POST cases/:id/agreements': ofCase(anAgreement(randomUUID())),
  'GET cases/:id/third-persons': ofCase(undefined, EMPTY),
  'GET cases/:id/third-persons/markings': ofCase(),
  'POST cases/:id/third-persons': ofCase(aThirdPerson()),
  'POST cases/:id/third-persons/:personId/withdraw': ofCase(WHY),
  'POST cases/:id/third-persons/:personId/passages': ofCase({ passages: [] }),
  'POST cases/:id/third-persons/:personId/withdraw-passages': ofCase({ passages: [planted('a stranger')], ...WHY }),
  'POST cases/:id/third-persons/:personId/approve-whereabouts': ofCase(WHY),
  'GET cases/:id/person': ofCase(),
  'POST cases/:id/person/commands': ofCase({ type: 'MARK_DETAINED', source: planted('a stranger') }),
  'PUT cases/:id/applicant': ofCase({ applicant: PARTICULARS, ...WHY }),
  'GET cases/:id/persecution-actors': ofCase(undefined, EMPTY),
  'POST cases/:id/persecution-actors': ofCase({ name: planted('a stranger'), country: 'UG', ...WHY }),
  'POST cases/:id/persecution-actors/:actorId/withdrawal': ofCase(WHY),
  'GET cases/:id/unblockings': ofCase(),
  'POST cases/:id/unblockings/:unblockingId/withdrawal': ofCase(WHY),
  'POST cases/:id/unblockings/:unblockingId/refusal': ofCase(WHY),
  'POST cases/:id/interviews': ofCase({ purpose: 'screening' }),
  'GET cases/:id/interviews': ofCase(undefined, EMPTY),
  'GET cases/:id/timeline': ofCase(),
  'GET cases/:id/allegations': ofCase(),
  'PUT cases/:id/allegations/:allegationId': {
    ...ofCase(),
    asking: ({ interviewId }) => ({ body: contentOf(GENOCIDE, interviewId) }),
  },
  'GET cases/:id/departure': ofCase(undefined, EMPTY),
  'PUT cases/:id/departure': ofCase({ expectedOn: '2999-02-01', source: planted('a stranger') }),
  'DELETE cases/:id/departure': ofCase(WHY),
  'GET cases/:id/documents': ofCase(undefined, { ...EMPTY, underGrant: true }),
  'POST cases/:id/documents': { ...ofCase(), asking: () => aFile(ABOUT) },
  'GET cases/:id/feedback': ofCase(undefined, EMPTY),
  'GET documents/:id/content': { ids: ({ documentId }) => ({ id: documentId }), underGrant: true },
  'GET interviews/:id': ofInterview(),
  'GET interviews/:id/draft': ofInterview(),
  'GET interviews/:id/history': ofInterview(),
  'GET interviews/:id/reference': ofInterview(undefined, { query: '?kind=place' }),
  'GET interviews/:id/timeline': ofInterview(),
  'POST interviews/:id/answers': ofInterview(AN_ANSWER),
  'PUT interviews/:id/draft': ofInterview(AN_ANSWER),
  'POST interviews/:id/commands': ofInterview({ type: 'ADD_COMMENT', text: planted('a stranger') }),
  'POST interviews/:id/follow-ups': ofInterview(A_FOLLOW_UP),
  'POST interviews/:id/indicators/:indicatorId/disputes': ofInterview(WHY),
  'POST interviews/:id/recordings': { ...ofRecord, asking: () => aFile(ABOUT, 'audio/wav') },
  'GET interviews/:id/recordings': ofRecord,
  'POST recordings/:id/marks': ofRecording({ marks: [{ questionId: 'accountLife', atMs: 1 }] }),
  'GET recordings/:id/content': { ...ofRecording(), underGrant: true },
  'GET referrals': { ids: nothing, empty: true, meantFor: ['prosecutor', 'war-crimes'] },
  'GET referrals/:id': ofReferral(),
  'GET referrals/:id/package': ofReferral(),
  'GET referrals/:id/package.pdf': ofReferral(),
  'GET referrals/:id/documents/:documentId': ofReferral(),
  'GET referrals/:id/recordings/:recordingId': ofReferral(),
  'GET referrals/:id/feedback': ofReferral(),
  'POST referrals/:id/commands': ofReferral(FEEDBACK),
  'POST referrals/:id/grants': ofReferral(A_GRANT),
  'GET referrals/:id/grants': ofReferral(),
  'POST referrals/:id/grants/:grantId/revoke': ofReferral(WHY),
  'POST referrals/:id/requests': ofReferral(A_REQUEST),
  'GET referrals/:id/requests': ofReferral(undefined, EMPTY),
  'GET cases/:id/requests': ofCase(undefined, EMPTY),
  'POST referrals/:id/requests/:requestId/answer': ofReferral({ text: planted('a stranger') }),
  'POST referrals/:id/requests/:requestId/refuse': ofReferral({
    refusal: 'notInFile',
    reasons: planted('a stranger'),
  }),
  'POST referrals/:id/requests/:requestId/withdrawal': ofReferral({ reasons: planted('a stranger') }),
  'POST referrals/:id/holds': ofReferral(A_HOLD),
  'POST referrals/:id/holds/:holdId/withdrawal': ofReferral({ reasons: planted('a stranger') }),
  'GET referrals/:id/holds': ofReferral(undefined, EMPTY),
  'GET cases/:id/holds': ofCase(undefined, EMPTY),
  'POST referrals/:id/holds/:holdId/decision': ofReferral({ granted: false, reasons: planted('a stranger') }),
  'POST referrals/:id/holds/:holdId/end': ofReferral({ reasons: planted('a stranger') }),
  'POST person-requests': {
    ids: nothing,
    asking: () => ({ body: aSearch() }),
    refusedByTheDatabase: true,
    meantFor: ['prosecutor', 'war-crimes'],
  },
  'GET person-requests': { ids: nothing, ...EMPTY, meantFor: ['prosecutor', 'north'] },
  'GET person-requests/:id': ofSearch(undefined, ['prosecutor', 'north']),
  'POST person-requests/:id/withdrawal': {
    ...ofSearch({ reasons: planted('a stranger') }, ['prosecutor']),
    refusedByTheDatabase: true,
  },
  'GET person-requests/:id/candidates': ofSearch(),
  // Whoever asked may take it back, and so lock it; what they would propose the database refuses.
  'POST person-requests/:id/proposals': {
    ...ofSearch({ outcome: 'refused', refusal: 'notDisclosed', reasons: planted('a stranger') }, ['north']),
    refusedByTheDatabase: true,
  },
  'POST person-requests/:id/proposals/:proposalId/decision': ofSearch({ decision: 'returned', reasons: 'None.' }),
  'GET prosecution-track': { ids: nothing, empty: true },
  'GET postal-referrals': { ids: nothing, empty: true },
  'POST postal-referrals/:id/receipt': {
    ...ofReferral(),
    asking: ({ documentId }) => ({
      body: { number: 'RR-1', handedOverAt: '2026-01-02T10:00:00Z', signedBy: planted('a stranger'), documentId },
    }),
  },
  'GET referral-letters': { ids: nothing, empty: true },
  'GET referrals/:id/letters': ofReferral(),
  'POST referrals/:id/letters': {
    ...ofReferral(),
    asking: ({ documentId }) => ({
      body: { ...FEEDBACK, letter: { writtenOn: '2026-01-02', signedBy: planted('a stranger'), documentId } },
    }),
  },
  'POST referrals/:id/letters/:letterId/confirmation': ofLetter(),
  'POST referrals/:id/letters/:letterId/refusal': ofLetter(WHY),
  'GET referrals/:id/closings': ofReferral(),
  'POST referrals/:id/closings': ofReferral(WHY),
  'POST referrals/:id/closings/:closingId/confirmation': ofClosing(),
  'POST referrals/:id/closings/:closingId/refusal': ofClosing(WHY),
  'GET questionnaires/:hash/feedback': { ids: () => ({ hash: 'f'.repeat(64) }), empty: true, meantFor: ['author'] },
  'GET tasks': { ids: nothing, empty: true },
  'GET audit/access': { ids: nothing, empty: true, meantFor: ['auditor'] },
  'GET audit/verification': { ids: nothing, empty: true, meantFor: ['auditor'] },
  'GET audit/proofs/:aggregateId/:seq': {
    ids: ({ caseId }) => ({ aggregateId: caseId, seq: '1' }),
    meantFor: ['auditor'],
  },
};

/** Routes without anybody's data: definitions, counts, and the own account. */
export const NOBODYS: readonly string[] = [
  'DELETE session',
  'GET audit/checkpoint',
  'GET authorities',
  'GET colleagues',
  'GET element-templates',
  'GET me',
  'GET package-schema',
  'GET questionnaires',
  'GET questionnaires/:id',
  'GET questionnaires/:id/difference',
  'GET questionnaires/:id/history',
  'GET questionnaires/:id/migrations',
  'GET questionnaires/:id/proof',
  'GET questionnaires/:id/reference',
  'GET questionnaires/:id/usage',
  'GET reconciliations',
  'GET reconciliations/latest.html',
  'GET statistics',
  'GET workflows',
  'POST questionnaires',
  'POST questionnaires/:id/commands',
  'POST questionnaires/:id/migrations',
  'POST questionnaires/:id/preview',
  'POST questionnaires/preview',
  'POST questionnaires/validate',
  'PUT questionnaires/:id/files',
];
