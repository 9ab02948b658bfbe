import { createHash } from 'node:crypto';
import { canonical } from '../../src/platform/database/sealing.js';

const WORDS =
  'the applicant said that in spring of that year a roadblock stood near the market and papers were asked for by people in uniform whom nobody there had known before'.split(
    ' ',
  );

const hex = (text: string): string => createHash('sha256').update(text).digest('hex');
const idOf = (name: string): string => hex(name).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
const sentence = (seed: number, length: number): string =>
  Array.from({ length }, (_, n) => WORDS[(seed * 7 + n * (1 + (seed % 3))) % WORDS.length]).join(' ');

const answer = (interview: number, n: number): object => ({
  ...{ id: idOf(`answer ${interview} ${n}`), questionId: `question${n}`, item: '', revision: 1, inForce: true },
  ...{ concurrent: false, correctionOf: null, status: null, labels: [], translations: [] },
  question: `${sentence(n, 12)}?`,
  inWords: sentence(n + 3, 25),
  recordedAt: '2026-11-20T10:00:00.000Z',
  value: { original: sentence(n + 3, 25) },
  words: {
    original: sentence(n + 3, 25),
    interpreted: sentence(n + 5, 25),
    originalLanguage: 'rw',
    interpreterUnsure: false,
  },
});

const element = (n: number): object => ({
  ...{ element: `element${n}`, finding: n % 3 === 0 ? 'notMet' : 'met', role: 'constitutive', label: `Element ${n}` },
  question: `${sentence(n, 25)}?`,
  reasons: sentence(n + 2, 20),
  legalSource: 'Rome Statute Article 25(3)',
  evidence: [{ sourceKind: 'interview', sourceRef: `${idOf('interview 1')}#question${n}` }],
});

const indicator = (n: number): object => ({
  ...{ id: idOf(`indicator ${n}`), code: `indicator${n}`, status: 'confirmed', title: sentence(n, 8) },
  because: sentence(n + 1, 40),
  answers: [idOf(`answer 1 ${n}`)],
});

/** An invented package of a long file, as canonical JSON: `answers` in each of two interviews. The same text for the same number. */
export function longPackage(answers: number): string {
  const parts = {
    decision: { at: '2026-11-20T10:00:00.000Z', findings: [], reasons: sentence(1, 60) },
    allegations: [1, 2].map((n) => ({
      ...{ id: idOf(`allegation ${n}`), crime: 'genocide', crimeInWords: 'Genocide', ground: '1Fa' },
      act: { place: 'An invented place', when: '1994-04', summary: sentence(n, 40) },
      elements: Array.from({ length: 12 }, (_, at) => element(at)),
    })),
    exculpatory: { statement: sentence(4, 30), evidence: [{ summary: sentence(5, 40) }] },
    assessments: { indicators: Array.from({ length: 20 }, (_, n) => indicator(n)) },
    facts: {
      interviews: [1, 2].map((interview) => ({
        ...{ id: idOf(`interview ${interview}`), purpose: 'exclusion', startedAt: '2026-11-20T10:00:00.000Z' },
        answers: Array.from({ length: answers }, (_, n) => answer(interview, n)),
      })),
    },
  };
  return canonical({
    ...{ format: 'f1-referral/2', kind: 'exclusion', referralId: idOf('referral'), caseReference: 'F1-2026-000001' },
    ...{ createdAt: '2026-11-20T10:00:00.000Z', handling: { text: sentence(2, 60) }, ...parts },
    manifest: { parts: Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, hex(canonical(part))])) },
  });
}
