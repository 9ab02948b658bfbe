import type { AllegationInFile, AnswerInFile, CaseFile, InterviewInFile } from '../../src/domain/referral/file.js';
import type { PackageInput } from '../../src/domain/referral/package.js';
import { elementTemplates } from '../../src/domain/exclusion/templates.js';

/** Readable ids: `id(1)` and so on. */
export const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

export const AT = '2026-01-01T09:00:00.000Z';

const GENOCIDE = elementTemplates.find(({ crime }) => crime === 'genocide')!;

export const anAnswer = (about: Partial<AnswerInFile> = {}): AnswerInFile => ({
  id: id(31),
  questionId: 'where',
  item: '',
  revision: 1,
  concurrent: false,
  recordedAt: AT,
  question: 'Where were you?',
  inWords: 'At home',
  labels: [{ code: 'home', text: 'At home' }],
  content: { value: 'home', note: 'hesitated' },
  ...about,
});

export const anInterview = (about: Partial<InterviewInFile> = {}): InterviewInFile => ({
  id: id(21),
  purpose: 'exclusion',
  state: 'sealed',
  heldAt: AT,
  startedAt: AT,
  sealedAt: AT,
  content: {
    circumstances: {
      recordingAnnounced: true,
      representativePresent: false,
      counselPresent: true,
      interpreter: { reference: 'INT-204', confirmed: true },
    },
    confirmation: { outcome: 'confirmed' },
  },
  questionnaires: [{ code: 'RW-exclusion', version: 2, hash: 'a'.repeat(64) }],
  answers: [anAnswer()],
  indicators: [],
  recordings: [],
  translations: [],
  ...about,
});

/** Every element of the template found, all met. */
export const anAllegation = (about: Partial<AllegationInFile> = {}): AllegationInFile => ({
  id: id(11),
  ground: '1F(a)',
  crime: 'genocide',
  scope: 'refugeeStatus',
  templateVersion: GENOCIDE.version,
  complete: true,
  minorAtAct: false,
  content: { act: { summary: 'an invented act' }, exculpatory: { assessment: 'was threatened' } },
  elements: GENOCIDE.elements
    .filter(({ onlyIfMinor }) => !onlyIfMinor)
    .map(({ id: element }) => ({ element, finding: 'met' as const, content: { reasons: 'said so' } })),
  evidence: [{ element: 'act', sourceKind: 'interview', sourceRef: `${id(21)}#where`, exculpatory: false }],
  ...about,
});

/** A file from which a complete package can be made, of an invented person. */
export const aFile = (about: Partial<CaseFile> = {}): CaseFile => ({
  caseId: id(1),
  reference: 'TEST-1',
  externalReference: null,
  legacyIds: [],
  procedureType: 'first',
  countryOfOrigin: 'RW',
  claim: 'pending',
  analysisRevision: 1,
  contact: { name: 'Invented Decider', unit: 'central' },
  closedTo: ['RW'],
  person: {
    id: id(2),
    whereabouts: 'present',
    identity: 'claimed',
    content: {
      familyName: 'Exemplaris',
      givenNames: 'Inventus',
      birthDate: '1970~',
      sex: 'male',
      nationalities: ['RW'],
    },
    history: [],
  },
  thirdPersons: [],
  whereaboutsWithheld: [],
  allegations: [anAllegation()],
  interviews: [anInterview()],
  documents: [],
  notices: [
    {
      id: id(41),
      kind: 'purpose',
      interviewId: id(21),
      servedAt: AT,
      replyDueAt: null,
      content: { language: 'rw', acknowledged: true, transmissionTold: true, text: { version: 1 } },
    },
  ],
  disclosures: [],
  submissions: [],
  reviews: [],
  decisions: [],
  appeals: [],
  undisclosedExculpatory: false,
  timeline: { entries: [], questions: [] },
  account: null,
  ...about,
});

export const aPackageInput = (file: CaseFile = aFile()): PackageInput => ({
  referralId: id(91),
  kind: 'exclusion',
  causeId: id(92),
  at: '2026-02-01T00:00:00.000Z',
  country: 'BE',
  recipient: { authorityId: id(93), code: 'north', name: 'North', legalBasis: 'A law', grounds: ['1F(a)'] },
  decision: {
    reasons: 'serious reasons',
    findings: file.allegations.map(({ id: allegationId, ground, scope }) => ({
      allegationId,
      ground,
      scope,
      stands: ground === '1F(a)',
    })),
  },
  completeness: { noted: [], override: null },
  file,
});
