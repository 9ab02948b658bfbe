import { describe, expect, test } from '@jest/globals';
import fc from '../../../test/support/properties.js';
import { aCase, by, carried, caseChart, refused } from '../../../test/factories/shipped-charts.js';
import { caseFacts, openingFacts } from '../../../test/factories/workflow-facts.js';
import type { Decided, Snapshot } from './decide.js';
import { UnknownSnapshotError, allowedCommands, decide, initial, positionOf } from './decide.js';
import type { CaseFacts } from './vocabulary/case.js';
import { caseCommands } from './vocabulary/case.js';

describe('a new case', () => {
  test('starts at triage with its clocks running', () => {
    const started = initial(caseChart);
    expect(started.snapshot).toEqual(aCase('triage'));
    expect(started.stage).toBe('triage');
    expect(started.effects).toEqual([
      { type: 'startDeadline', params: { kind: 'examinationLimit' } },
      { type: 'startDeadline', params: { kind: 'triage' } },
    ]);
    expect(positionOf(caseChart, started.snapshot).drives).toEqual(['screening']);
  });

  test('keeps a snapshot that survives being stored as JSON', () => {
    const { snapshot } = initial(caseChart);
    const stored = JSON.parse(JSON.stringify(snapshot)) as Snapshot;
    expect(decide(caseChart, stored, { type: 'ACCEPT_TRIAGE' }, caseFacts())).toMatchObject({
      ok: true,
      stage: 'preparing',
    });
  });
});

describe('a command that is carried out', () => {
  test.each<[string, Snapshot, string, CaseFacts, Partial<Decided<'case'>>]>([
    [
      'deciding an exclusion',
      aCase('approved'),
      'DECIDE_EXCLUSION',
      by('decisionMaker'),
      {
        stage: 'excluded',
        tags: ['exclusionApplied'],
        entered: [{ region: 'assessment', state: 'excluded' }],
        effects: [
          { type: 'recordDecision', params: { outcome: 'excluded' } },
          { type: 'createObligations', params: { kind: 'exclusion' } },
          { type: 'meetDeadline', params: { kind: 'decision' } },
          { type: 'startDeadline', params: { kind: 'service' } },
          { type: 'startDeadline', params: { kind: 'appeal' } },
        ],
      },
    ],
    [
      'refusing the claim on other grounds, which closes the examination in the same step',
      aCase('analysing', 'pending', 'confirmedSuspicion'),
      'REFUSE_CLAIM',
      by('decisionMaker'),
      {
        stage: 'closed',
        tags: ['examinationEnded'],
        entered: [
          { region: 'claim', state: 'refused' },
          { region: 'assessment', state: 'closed' },
        ],
      },
    ],
    [
      'refusing the claim of an excluded person, which leaves the exclusion as it is',
      aCase('excluded'),
      'REFUSE_CLAIM',
      by('decisionMaker'),
      { stage: 'excluded', entered: [{ region: 'claim', state: 'refused' }] },
    ],
    [
      'confirming suspicion',
      aCase('triage', 'pending', 'proposed'),
      'CONFIRM_SUSPICION',
      by('reviewer'),
      {
        entered: [{ region: 'suspicion', state: 'confirmedSuspicion' }],
        effects: [
          { type: 'recordSuspicionDecision', params: { suspicion: true } },
          { type: 'createObligations', params: { kind: 'suspicion' } },
          { type: 'meetDeadline', params: { kind: 'suspicionReview' } },
        ],
      },
    ],
    [
      'confirming that there is no suspicion any more, which corrects what was told before',
      aCase('quashed', 'pending', 'owedProposed'),
      'CONFIRM_SUSPICION',
      by('reviewer', { suspicionProposal: 'noSuspicion', standingReferrals: 2 }),
      {
        effects: [
          { type: 'recordSuspicionDecision', params: { suspicion: false } },
          { type: 'createCorrections', params: { cause: 'noSuspicionRemains' } },
          { type: 'meetDeadline', params: { kind: 'correctionReview' } },
        ],
      },
    ],
    [
      'clearing a case at triage',
      aCase('triage', 'pending', 'confirmedNoSuspicion'),
      'CLEAR_AT_TRIAGE',
      by('officer1F'),
      { stage: 'closed', tags: ['examinationEnded'] },
    ],
    [
      'quashing, which owes a new suspicion decision',
      aCase('underAppeal', 'pending', 'confirmedNoSuspicion'),
      'QUASH',
      by('legalAdviser', { judgmentIsFinal: false }),
      {
        stage: 'quashed',
        tags: ['quashed'],
        entered: [
          { region: 'assessment', state: 'quashed' },
          { region: 'suspicion', state: 'owed' },
        ],
        effects: [
          { type: 'recordAppeal', params: { outcome: 'quashed' } },
          { type: 'createCorrections', params: { cause: 'quashedNotFinal' } },
          { type: 'reopenExamination', params: {} },
          { type: 'startDeadline', params: { kind: 'appealFollowUp' } },
          { type: 'startDeadline', params: { kind: 'appeal' } },
          { type: 'startDeadline', params: { kind: 'correctionReview' } },
        ],
      },
    ],
    [
      'sending a case back while a proposal waits, which keeps the proposal under the shorter clock',
      aCase('underAppeal', 'pending', 'proposed'),
      'REMIT',
      by('legalAdviser'),
      {
        stage: 'analysing',
        entered: [
          { region: 'assessment', state: 'analysing' },
          { region: 'suspicion', state: 'owedProposed' },
        ],
      },
    ],
    [
      'a quashing that becomes final, which is told as its own cause',
      aCase('quashed', 'pending', 'owed'),
      'BECOME_FINAL',
      by('system'),
      {
        stage: 'quashedFinally',
        tags: ['quashed'],
        entered: [{ region: 'assessment', state: 'quashedFinally' }],
        effects: [
          { type: 'recordAppeal', params: { outcome: 'quashed' } },
          { type: 'createCorrections', params: { cause: 'quashedFinal' } },
          { type: 'endDeadlines', params: { kinds: ['appeal'] } },
        ],
      },
    ],
    [
      'asking for a further interview, which overtakes a waiting proposal',
      aCase('analysing', 'pending', 'proposed'),
      'FURTHER_INTERVIEW',
      by('officer1F'),
      {
        entered: [
          { region: 'assessment', state: 'preparing' },
          { region: 'suspicion', state: 'undecided' },
        ],
        effects: [
          { type: 'overtakeSuspicion', params: {} },
          { type: 'endDeadlines', params: { kinds: ['suspicionReview'] } },
        ],
      },
    ],
    [
      'starting the interviews, after which an earlier suspicion decision is no longer current',
      aCase('preparing', 'pending', 'confirmedNoSuspicion'),
      'START_INTERVIEWING',
      by('officer1F'),
      {
        entered: [
          { region: 'assessment', state: 'interviewing' },
          { region: 'suspicion', state: 'undecided' },
        ],
      },
    ],
    [
      'starting the interviews while a new look is owed, which stays owed',
      aCase('preparing', 'pending', 'owedProposed'),
      'START_INTERVIEWING',
      by('officer1F'),
      {
        entered: [
          { region: 'assessment', state: 'interviewing' },
          { region: 'suspicion', state: 'owed' },
        ],
        effects: [{ type: 'overtakeSuspicion', params: {} }],
      },
    ],
    [
      'rejecting a proposal that what was heard since has overtaken',
      aCase('triage', 'pending', 'proposed'),
      'REJECT_SUSPICION',
      by('reviewer', { heardSinceSuspicionProposal: true }),
      { entered: [{ region: 'suspicion', state: 'undecided' }] },
    ],
    [
      'refusing the claim of an excluded person, whoever confirmed a suspicion before',
      aCase('excluded'),
      'REFUSE_CLAIM',
      by('decisionMaker', { actorConfirmedSuspicion: true, heardSinceSuspicionProposal: true }),
      { entered: [{ region: 'claim', state: 'refused' }] },
    ],
    [
      'editing an approved analysis, which sends it back and drops the suspicion decision',
      aCase('approved', 'pending', 'confirmedNoSuspicion'),
      'EDIT_ANALYSIS',
      by('officer1F'),
      {
        stage: 'analysing',
        entered: [
          { region: 'assessment', state: 'analysing' },
          { region: 'suspicion', state: 'undecided' },
        ],
      },
    ],
    [
      'an upheld decision that can still be appealed',
      aCase('underAppeal'),
      'UPHOLD_DECISION',
      by('legalAdviser', { judgmentIsFinal: false }),
      { stage: 'excluded', tags: ['exclusionApplied'] },
    ],
    [
      'a decision finally upheld',
      aCase('underAppeal'),
      'UPHOLD_DECISION',
      by('legalAdviser'),
      { stage: 'final', tags: ['exclusionApplied', 'examinationEnded'] },
    ],
    [
      'reopening a claim, which brings a closed case back to triage',
      aCase('closed', 'withdrawnExplicitly', 'confirmedNoSuspicion'),
      'REOPEN_CLAIM',
      by('caseOfficer'),
      {
        stage: 'triage',
        tags: [],
        entered: [
          { region: 'claim', state: 'reopened' },
          { region: 'assessment', state: 'triage' },
          { region: 'suspicion', state: 'undecided' },
        ],
      },
    ],
    [
      'submitting without a notice of intention when no exclusion is intended',
      aCase('analysing'),
      'SUBMIT_FOR_REVIEW',
      by('officer1F', { allegationsIntendedToStand: 0, intentionRevision: null, replyReceived: false }),
      { stage: 'review' },
    ],
  ])('works for %s', (_name, snapshot, type, facts, expected) => {
    expect(carried(decide(caseChart, snapshot, { type }, facts))).toMatchObject(expected);
  });
});

describe('the list of commands', () => {
  test('does not hold against a command what only the command will tell', () => {
    const facts = by('decisionMaker', { allegationsDecided: 0, allegationsDecidedToStand: 0 });
    const listed = allowedCommands(caseChart, aCase('approved', 'pending', 'confirmedNoSuspicion'), facts);
    expect(listed.filter(({ type }) => type.startsWith('DECIDE_'))).toEqual([
      { type: 'DECIDE_EXCLUSION', label: 'Decide: excluded under Article 1F', allowed: true, because: [] },
      { type: 'DECIDE_NOT_EXCLUDED', label: 'Decide: not excluded', allowed: true, because: [] },
    ]);
    const sent = refused(decide(caseChart, aCase('approved'), { type: 'DECIDE_EXCLUSION' }, facts));
    expect(sent.because).toHaveLength(2);
  });

  test('explains what stands in the way', () => {
    const listed = allowedCommands(caseChart, aCase('approved'), by('decisionMaker', { undisclosedReliedMaterial: 2 }));
    expect(listed.find(({ type }) => type === 'DECIDE_EXCLUSION')).toEqual({
      type: 'DECIDE_EXCLUSION',
      label: 'Decide: excluded under Article 1F',
      allowed: false,
      because: ['The substance of everything the analysis relies on must have been disclosed to the applicant.'],
    });
  });
});

describe('a stored snapshot', () => {
  test.each<[string, unknown]>([
    ['of a state this version does not have', aCase('approved', 'burnt')],
    ['without a region', { claim: { open: 'pending' }, assessment: { examining: 'triage' } }],
    ['of another lifecycle', 'draft'],
    ['with a state in the wrong group', { ...(aCase('triage') as object), assessment: { excluded: 'triage' } }],
    ['with a state outside its group', { ...(aCase('triage') as object), assessment: 'triage' }],
    ['of a group without its state', { ...(aCase('triage') as object), claim: 'open' }],
    ['that is nothing', null],
  ])('is not trusted %s', (_name, snapshot) => {
    expect(() => decide(caseChart, snapshot as Snapshot, { type: 'ACCEPT_TRIAGE' }, caseFacts())).toThrow(
      UnknownSnapshotError,
    );
  });
});

describe('any sequence of commands on a case', () => {
  const anyFacts = fc.record<CaseFacts>({
    ...(Object.fromEntries(
      Object.entries(caseFacts()).map(([name, value]) => {
        if (name === 'actorRoles') return [name, fc.constant(value)];
        if (typeof value === 'boolean') return [name, fc.boolean()];
        if (name === 'procedureType') return [name, fc.constantFrom('first', 'revocation')];
        if (name === 'suspicionProposal') return [name, fc.constantFrom('none', 'suspicion', 'noSuspicion')];
        return [name, fc.integer({ min: 0, max: 3 })];
      }),
    ) as unknown as { [Key in keyof CaseFacts]: fc.Arbitrary<CaseFacts[Key]> }),
  });
  // Mostly opening facts, or hardly any sequence would get as far as a decision.
  const facts = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...openingFacts.case) },
    { weight: 1, arbitrary: anyFacts },
  );
  const starts = fc.constantFrom(
    initial(caseChart).snapshot,
    aCase('review'),
    aCase('approved', 'pending', 'confirmedNoSuspicion'),
    aCase('underAppeal', 'refused'),
    aCase('quashed', 'stayed', 'owed'),
  );
  const steps = fc.array(fc.record({ pick: fc.nat(), facts }), { maxLength: 40 });

  /** Picks mostly commands the present state answers. */
  function typeFor(snapshot: Snapshot, pick: number, step: CaseFacts): string {
    const answered = allowedCommands(caseChart, snapshot, step).map(({ type }) => type);
    const from = pick % 7 === 0 ? [...caseCommands] : answered;
    return from[pick % from.length] ?? 'ACCEPT_TRIAGE';
  }

  test('keeps every duty, and a refusal always says why', () => {
    const seen = { applied: 0, lifted: 0, ended: 0, refused: 0 };
    fc.assert(
      fc.property(starts, steps, (start, sequence) => {
        let snapshot = start;
        let { tags } = positionOf(caseChart, start);
        for (const { pick, facts: step } of sequence) {
          const type = typeFor(snapshot, pick, step);
          const before = JSON.stringify(snapshot);
          const outcome = decide(caseChart, snapshot, { type }, step);
          expect(JSON.stringify(snapshot)).toBe(before);
          if (!outcome.ok) {
            expect(outcome.because.length).toBeGreaterThan(0);
            seen.refused++;
            continue;
          }
          const written = outcome.effects.map((effect) => effect.type);
          const applied = !tags.includes('exclusionApplied') && outcome.tags.includes('exclusionApplied');
          if (applied) expect(written).toEqual(expect.arrayContaining(['createObligations', 'recordDecision']));
          const lifted = tags.includes('exclusionApplied') && !outcome.tags.includes('exclusionApplied');
          if (lifted) expect(written).toContain('createCorrections');
          const ended = outcome.entered.some(({ state }) =>
            ['closed', 'notExcluded', 'refused', 'granted'].includes(state),
          );
          if (ended && !outcome.tags.includes('exclusionApplied')) {
            expect(JSON.stringify(outcome.snapshot)).toMatch(/confirmed(No)?Suspicion/);
          }
          seen.applied += Number(applied);
          seen.lifted += Number(lifted);
          seen.ended += Number(ended);
          const listed = allowedCommands(caseChart, snapshot, step).find((command) => command.type === type);
          expect(listed?.allowed).toBe(true);
          expect(decide(caseChart, snapshot, { type }, step)).toEqual(outcome);
          ({ snapshot, tags } = outcome);
        }
      }),
      { numRuns: 200 },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
  });
});
