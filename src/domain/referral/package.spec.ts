import { describe, expect, it } from '@jest/globals';
import type { CaseFile } from './file.js';
import { correctionPackage, HANDLING, referralPackage, type PackageInput } from './package.js';

const hash = (value: unknown): string => `hash of ${JSON.stringify(value).length}`;

const file: CaseFile = {
  caseId: 'case',
  reference: 'TEST-1',
  procedureType: 'first',
  countryOfOrigin: 'RW',
  claim: 'pending',
  person: { id: 'person', whereabouts: 'present', content: { familyName: 'Invented' } },
  allegations: [
    {
      id: 'roadblock',
      ground: '1F(a)',
      crime: 'genocide',
      scope: 'refugeeStatus',
      templateVersion: 1,
      content: { exculpatory: 'was threatened' },
      elements: [
        { element: 'act', finding: 'met', content: {} },
        { element: 'intent', finding: 'unclear', content: {} },
      ],
      evidence: [
        { element: 'act', sourceKind: 'interview', sourceRef: 'i1', exculpatory: false },
        { element: 'act', sourceKind: 'document', sourceRef: 'd1', exculpatory: true },
      ],
    },
    {
      id: 'robbery',
      ground: '1F(b)',
      crime: 'robbery',
      scope: 'refugeeStatus',
      templateVersion: 1,
      content: {},
      elements: [],
      evidence: [],
    },
  ],
  interviews: [
    {
      id: 'i1',
      purpose: 'exclusion',
      state: 'sealed',
      heldAt: '2026-01-01T00:00:00.000Z',
      sealedAt: null,
      content: {},
      questionnaires: [{ code: 'RW-exclusion', version: 1, hash: 'h', texts: { q1: 'Where were you?' } }],
      answers: [
        {
          id: 'a1',
          questionId: 'q1',
          item: '',
          revision: 1,
          concurrent: false,
          recordedAt: '2026-01-01T00:00:00.000Z',
          content: { value: 'Kigali', note: 'hesitated' },
        },
      ],
      indicators: [],
      recordings: [],
    },
  ],
  documents: [],
  notices: [],
  submissions: [],
};

const input: PackageInput = {
  referralId: 'referral',
  kind: 'exclusion',
  causeId: 'decision',
  at: '2026-02-01T00:00:00.000Z',
  recipient: { authorityId: 'n', code: 'north', name: 'North', legalBasis: 'A law', grounds: ['1F(a)'] },
  decision: {
    reasons: 'serious reasons',
    findings: [
      { allegationId: 'roadblock', ground: '1F(a)', scope: 'refugeeStatus', stands: true },
      { allegationId: 'robbery', ground: '1F(b)', scope: 'refugeeStatus', stands: false },
    ],
  },
  file,
};

describe('a referral package', () => {
  it('carries only the allegations that the recipient has a legal basis for', () => {
    const sent = JSON.stringify(referralPackage(input, hash));
    expect(sent).toContain('roadblock');
    expect(sent).not.toContain('robbery');
  });

  it('keeps what was said among the facts and what an officer thought of it among the assessments', () => {
    const { facts, assessments } = referralPackage(input, hash);
    expect(JSON.stringify(facts)).toContain('Kigali');
    expect(JSON.stringify(facts)).toContain('Where were you?');
    expect(JSON.stringify(facts)).not.toContain('hesitated');
    expect(JSON.stringify(assessments)).toContain('hesitated');
  });

  it('moves what speaks for the person into a part of its own', () => {
    const { allegations, exculpatory } = referralPackage(input, hash) as never as {
      allegations: { evidence: object[] }[];
      exculpatory: object;
    };
    expect(allegations[0]!.evidence).toEqual([
      { element: 'act', sourceKind: 'interview', sourceRef: 'i1', exculpatory: false },
    ]);
    expect(exculpatory).toMatchObject({
      assessed: [{ allegationId: 'roadblock', assessment: 'was threatened' }],
      evidence: [{ allegationId: 'roadblock', sourceRef: 'd1' }],
      elementsNotMet: [{ element: 'intent', finding: 'unclear' }],
    });
  });

  it('says in words that nothing speaks for the person, instead of leaving the part out', () => {
    const empty = { ...file, allegations: [], interviews: [] };
    const { exculpatory } = referralPackage({ ...input, file: empty }, hash);
    expect(exculpatory).toMatchObject({ statement: expect.stringContaining('nothing') });
  });

  it('forbids onward transfer, names the law, and lists a hash for every part', () => {
    const sent = referralPackage(input, hash) as never as {
      manifest: { parts: object };
      handling: object;
      legalBasis: string;
    };
    expect(sent.handling).toEqual({ text: HANDLING, onwardTransfer: 'withOurLeaveOnly' });
    expect(sent.legalBasis).toBe('A law');
    expect(Object.keys(sent.manifest.parts)).toEqual([
      'decision',
      'status',
      'persons',
      'allegations',
      'facts',
      'assessments',
      'exculpatory',
    ]);
  });
});

describe('a correction package', () => {
  it('says the cause, what it corrects, and what the recipient must answer', () => {
    const sent = correctionPackage(
      {
        referralId: 'c',
        correctionId: 'correction',
        reason: 'quashedFinal',
        explanation: 'set aside',
        findings: [],
        at: '2026-03-01T00:00:00.000Z',
        recipient: input.recipient,
        caseReference: 'TEST-1',
        decisionId: 'decision',
        corrected: [{ referralId: 'referral', kind: 'exclusion', bodySha256: 'x' }],
        suspended: false,
      },
      hash,
    );
    expect(sent).toMatchObject({
      kind: 'correction',
      correction: { reason: 'quashedFinal', explanation: 'set aside', answer: expect.stringContaining('erased') },
      corrects: [{ referralId: 'referral', kind: 'exclusion', bodySha256: 'x' }],
    });
  });
});
