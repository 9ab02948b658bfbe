import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import {
  caseFacts,
  interviewFacts,
  openingFacts,
  questionnaireFacts,
  referralFacts,
} from '../../../test/factories/workflow-facts.js';
import type { CompiledWorkflow } from './compile.js';
import { compileWorkflow, isWorkflow } from './compile.js';
import type { Decided, Refused, Snapshot } from './decide.js';
import { UnknownSnapshotError, allowedCommands, decide, initial, positionOf } from './decide.js';
import type { FactsOf, WorkflowId } from './vocabulary/all.js';
import type { CaseFacts } from './vocabulary/case.js';
import { caseCommands } from './vocabulary/case.js';
import type { Role } from './vocabulary/vocabulary.js';

function shipped<Id extends WorkflowId>(id: Id): CompiledWorkflow<Id> {
  const file = `workflows/${id}/v1.json`;
  const compiled = compileWorkflow(JSON.parse(readFileSync(file, 'utf8')), { file });
  if (!compiled.ok || !isWorkflow(compiled.workflow, id)) throw new Error(`${file} is refused`);
  return compiled.workflow;
}

const caseChart = shipped('case');

/** The snapshot of a case in the given assessment, claim and suspicion states. */
function aCase(assessment: string, claim = 'pending', suspicion = 'undecided'): Snapshot {
  const groups: Record<string, string> = {};
  for (const region of caseChart.model.regions) {
    for (const leaf of region.leaves.values()) if (leaf.path.length > 1) groups[leaf.name] = leaf.path[0] ?? '';
  }
  const nested = (name: string): Snapshot => (groups[name] ? { [groups[name]]: name } : name);
  return { claim: nested(claim), assessment: nested(assessment), suspicion: nested(suspicion) };
}

function carried<Id extends WorkflowId>(outcome: Decided<Id> | Refused): Decided<Id> {
  if (!outcome.ok) throw new Error(`refused: ${outcome.because.join(' ')}`);
  return outcome;
}

function refused<Id extends WorkflowId>(outcome: Decided<Id> | Refused): Refused {
  if (outcome.ok) throw new Error('was not refused');
  return outcome;
}

const by = (role: Role, differing: Partial<CaseFacts> = {}): CaseFacts =>
  caseFacts({ actorRoles: [role], ...differing });

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

describe('a command that is refused', () => {
  const decision = 'DECIDE_EXCLUSION';
  test.each<[string, Snapshot, string, CaseFacts, RegExp]>([
    [
      'a reviewer decides',
      aCase('approved'),
      decision,
      by('decisionMaker', { actorIsReviewer: true }),
      /must not be a reviewer/,
    ],
    [
      'an author decides',
      aCase('approved'),
      decision,
      by('decisionMaker', { actorIsAuthor: true }),
      /must not be an author/,
    ],
    [
      'an author reviews',
      aCase('review'),
      'APPROVE_REVIEW',
      by('reviewer', { actorIsAuthor: true }),
      /reviewer must not be an author/,
    ],
    [
      'the interviewer reviews',
      aCase('review'),
      'APPROVE_REVIEW',
      by('reviewer', { actorIsInterviewer: true }),
      /must not have interviewed/,
    ],
    [
      'legal sign-off is missing on 1F(a)',
      aCase('review'),
      'APPROVE_REVIEW',
      by('reviewer', { legalSignOffRevision: 2 }),
      /legal adviser must sign off/,
    ],
    [
      'the certificate has expired',
      aCase('triage'),
      'ACCEPT_TRIAGE',
      by('officer1F', { actorCertified: false }),
      /certificate/,
    ],
    [
      'the analysis changed after the review',
      aCase('approved'),
      decision,
      by('decisionMaker', { reviewedRevision: 2 }),
      /must be approved in review/,
    ],
    [
      'the notice of intention was for an earlier analysis',
      aCase('approved'),
      decision,
      by('decisionMaker', { intentionRevision: 2 }),
      /notice of intention must be served for the analysis as it now stands/,
    ],
    [
      'the applicant neither replied nor let the deadline pass',
      aCase('approved'),
      decision,
      by('decisionMaker', { replyReceived: false }),
      /must have replied/,
    ],
    [
      'material relied on was not disclosed',
      aCase('approved'),
      decision,
      by('decisionMaker', { undisclosedReliedMaterial: 1 }),
      /must have been disclosed/,
    ],
    [
      'an allegation is left undecided',
      aCase('approved'),
      decision,
      by('decisionMaker', { allegationsDecided: 1 }),
      /cover every allegation/,
    ],
    [
      'no allegation stands',
      aCase('approved'),
      decision,
      by('decisionMaker', { allegationsDecidedToStand: 0 }),
      /At least one allegation must be decided to stand/,
    ],
    [
      'an allegation stands of which the applicant was never told',
      aCase('approved'),
      decision,
      by('decisionMaker', { allegationsStandingUnannounced: 1 }),
      /must have been in the notice of intention/,
    ],
    [
      'the applicant may have been too young for an act',
      aCase('approved'),
      decision,
      by('decisionMaker', { allegationsBelowAgeOfResponsibility: 1 }),
      /below the age of criminal responsibility/,
    ],
    [
      'no authority is competent for the exclusion',
      aCase('approved'),
      decision,
      by('decisionMaker', { authoritiesForExclusion: 0 }),
      /At least one authority must be competent to receive the exclusion/,
    ],
    [
      'no authority is competent for the suspicion',
      aCase('triage', 'pending', 'proposed'),
      'CONFIRM_SUSPICION',
      by('reviewer', { authoritiesForSuspicion: 0 }),
      /^At least one authority must be competent to receive the suspicion[^.]*\.$/,
    ],
    [
      'the proposer confirms',
      aCase('triage', 'pending', 'proposed'),
      'CONFIRM_SUSPICION',
      by('reviewer', { actorIsSuspicionProposer: true }),
      /^The suspicion decision must be confirmed by somebody other than the person who proposed it\.$/,
    ],
    ...(['suspicion', 'noSuspicion'] as const).flatMap(
      (suspicionProposal): [string, Snapshot, string, CaseFacts, RegExp][] => {
        const confirm = (
          name: string,
          differing: Partial<CaseFacts>,
          because: RegExp,
        ): [string, Snapshot, string, CaseFacts, RegExp] => [
          `${name} (${suspicionProposal})`,
          aCase('triage', 'pending', 'proposed'),
          'CONFIRM_SUSPICION',
          by('reviewer', { suspicionProposal, ...differing }),
          because,
        ];
        return [
          confirm(
            'the confirmer holds no certificate',
            { actorCertified: false },
            /^You must hold a certificate[^.]*\.$/,
          ),
          confirm(
            'an author confirms',
            { actorIsAuthor: true },
            /^The reviewer must not be an author of the analysis\.$/,
          ),
          confirm('the interviewer confirms', { actorIsInterviewer: true }, /^The reviewer must not have interviewed/),
          confirm(
            'more was heard since the proposal',
            { heardSinceSuspicionProposal: true },
            /^Nothing may have been recorded/,
          ),
        ];
      },
    ),
    [
      'a proposal is rejected without a certificate',
      aCase('triage', 'pending', 'proposed'),
      'REJECT_SUSPICION',
      by('reviewer', { actorCertified: false }),
      /certificate/,
    ],
    ...(
      [
        ['CLEAR_AT_TRIAGE', 'triage', 'officer1F'],
        ['CLOSE_WITHOUT_DECISION', 'triage', 'decisionMaker'],
        ['DECIDE_NOT_EXCLUDED', 'approved', 'decisionMaker'],
        ['REFUSE_CLAIM', 'analysing', 'decisionMaker'],
        ['GRANT_CLAIM', 'notExcluded', 'decisionMaker'],
        ['DECLARE_INADMISSIBLE', 'analysing', 'decisionMaker'],
        ['WITHDRAW_CLAIM', 'closed', 'decisionMaker'],
        ['TREAT_AS_WITHDRAWN', 'analysing', 'decisionMaker'],
        ['TRANSFER_CLAIM', 'analysing', 'decisionMaker'],
      ] as const
    ).flatMap(([type, assessment, role]): [string, Snapshot, string, CaseFacts, RegExp][] => {
      const at = aCase(assessment, 'pending', 'confirmedNoSuspicion');
      const nothingStands = { allegationsDecidedToStand: 0 };
      return [
        [
          `${type} relies on a suspicion decision from before the last interview`,
          at,
          type,
          by(role, { ...nothingStands, heardSinceSuspicionProposal: true }),
          /Nothing may have been recorded in an interview since/,
        ],
        [
          `${type} comes from the person who confirmed the suspicion decision`,
          at,
          type,
          by(role, { ...nothingStands, actorConfirmedSuspicion: true }),
          /must not have confirmed the suspicion decision/,
        ],
      ];
    }),
    [
      'not-excluded becomes final although more was heard since',
      aCase('notExcluded', 'pending', 'confirmedNoSuspicion'),
      'BECOME_FINAL',
      by('decisionMaker', { heardSinceSuspicionProposal: true }),
      /Nothing may have been recorded/,
    ],
    [
      'the interviewer decides an exclusion',
      aCase('approved'),
      decision,
      by('decisionMaker', { actorIsInterviewer: true }),
      /must not have interviewed/,
    ],
    [
      'the interviewer decides that nothing excludes',
      aCase('approved', 'pending', 'confirmedNoSuspicion'),
      'DECIDE_NOT_EXCLUDED',
      by('decisionMaker', { actorIsInterviewer: true, allegationsDecidedToStand: 0 }),
      /^The decision-maker must not have interviewed/,
    ],
    [
      'the person who signed off approves',
      aCase('review'),
      'APPROVE_REVIEW',
      by('legalAdviser', { actorSignedOffLegally: true }),
      /^The legal sign-off and the approval must come from different people\.$/,
    ],
    [
      'a finally quashed exclusion is reinstated',
      aCase('quashedFinally', 'pending', 'owed'),
      'REINSTATE',
      by('decisionMaker'),
      /not possible in the state “Finally quashed”/,
    ],
    [
      'an exclusion is reinstated after a judgment that was final',
      aCase('quashed', 'pending', 'owed'),
      'REINSTATE',
      by('decisionMaker', { lastJudgmentIsFinal: true }),
      /must not be recorded as final already/,
    ],
    [
      'an exclusion is reinstated without a certificate',
      aCase('quashed', 'pending', 'owed'),
      'REINSTATE',
      by('decisionMaker', { actorCertified: false }),
      /certificate/,
    ],
    [
      'the interviewer reinstates an exclusion',
      aCase('quashed', 'pending', 'owed'),
      'REINSTATE',
      by('decisionMaker', { actorIsInterviewer: true }),
      /must not have interviewed/,
    ],
    [
      'not-excluded is decided without a suspicion decision',
      aCase('approved'),
      'DECIDE_NOT_EXCLUDED',
      by('decisionMaker', { allegationsDecidedToStand: 0 }),
      /^A reasoned suspicion decision, confirmed by a second person, must exist/,
    ],
    [
      'the claim is refused without a suspicion decision',
      aCase('analysing'),
      'REFUSE_CLAIM',
      by('decisionMaker'),
      /A reasoned suspicion decision.* Or: An exclusion under Article 1F must stand/,
    ],
    [
      'the claim is granted while 1F is examined',
      aCase('analysing', 'pending', 'confirmedNoSuspicion'),
      'GRANT_CLAIM',
      by('decisionMaker'),
      /only when the Article 1F examination has ended without an exclusion/,
    ],
    [
      'a case with confirmed suspicion is cleared at triage',
      aCase('triage', 'pending', 'confirmedSuspicion'),
      'CLEAR_AT_TRIAGE',
      by('officer1F'),
      /no suspicion/,
    ],
    [
      'a revocation procedure is withdrawn',
      aCase('analysing', 'pending', 'confirmedNoSuspicion'),
      'WITHDRAW_CLAIM',
      by('caseOfficer', { procedureType: 'revocation' }),
      /Only an application for protection can be withdrawn/,
    ],
    [
      'an interview is still open',
      aCase('interviewing'),
      'COMPLETE_INTERVIEWING',
      by('officer1F', { openInterviews: 1 }),
      /sealed or abandoned/,
    ],
    [
      'a child has no representative',
      aCase('preparing'),
      'START_INTERVIEWING',
      by('officer1F', { applicantIsChild: true }),
      /must have a representative/,
    ],
    [
      'an element is not found',
      aCase('analysing'),
      'SERVE_INTENTION',
      by('officer1F', { allegationsWithEveryElementFound: 1 }),
      /Every element of every allegation/,
    ],
    [
      'what speaks for the applicant is not assessed',
      aCase('analysing'),
      'SERVE_INTENTION',
      by('officer1F', { exculpatoryAssessed: false }),
      /what speaks for the applicant must be assessed/,
    ],
    [
      'the state does not know it',
      aCase('triage'),
      'APPROVE_REVIEW',
      by('reviewer'),
      /not possible in the state “Triage”/,
    ],
    [
      'it was already decided',
      aCase('excluded'),
      decision,
      by('decisionMaker'),
      /not possible in the state “Excluded under/,
    ],
    [
      'another region would answer but its owner does not',
      aCase('notExcluded', 'pending', 'confirmedNoSuspicion'),
      'EDIT_ANALYSIS',
      by('officer1F'),
      /not possible in the state “Not excluded”/,
    ],
    [
      'a final quashing is recorded twice',
      aCase('quashed', 'pending', 'owed'),
      'BECOME_FINAL',
      by('system', { lastJudgmentIsFinal: true }),
      /must not be recorded as final already/,
    ],
  ])('says why when %s', (_name, snapshot, type, facts, because) => {
    const refusal = refused(decide(caseChart, snapshot, { type }, facts));
    expect(refusal).toMatchObject({ code: 'commandRefused', command: type });
    expect(refusal.because.join(' ')).toMatch(because);
  });

  test('names the state, the command and what is allowed instead', () => {
    const refusal = refused(decide(caseChart, aCase('triage'), { type: 'START_INTERVIEWING' }, by('officer1F')));
    expect(refusal).toEqual({
      ok: false,
      code: 'commandRefused',
      command: 'START_INTERVIEWING',
      state: 'Triage',
      because: ['“Start the focused interviews” is not possible in the state “Triage”.'],
      allowed: ['ACCEPT_TRIAGE', 'RETURN_TRIAGE', 'RECORD_SUBMISSION', 'RECORD_DISCLOSURE', 'PROPOSE_SUSPICION'],
    });
  });

  test.each(['EXCLUDE', '', 'toString', '__proto__', 'constructor'])('knows no command %j', (type) => {
    expect(decide(caseChart, aCase('triage'), { type }, caseFacts())).toMatchObject({
      ok: false,
      code: 'unknownCommand',
    });
  });

  test.each<[string, Snapshot, Role]>([
    ['DECIDE_EXCLUSION', aCase('approved'), 'reviewer'],
    ['APPROVE_REVIEW', aCase('review'), 'officer1F'],
    ['ACCEPT_TRIAGE', aCase('triage'), 'caseOfficer'],
    ['REFUSE_CLAIM', aCase('excluded'), 'auditor'],
    ['RECORD_SUBMISSION', aCase('triage'), 'prosecutor'],
    ['RECORD_SUBMISSION', aCase('triage'), 'operator'],
  ])('does not let %s be sent by the wrong role', (type, snapshot, role) => {
    expect(decide(caseChart, snapshot, { type }, by(role))).toMatchObject({ ok: false, code: 'roleRefused' });
  });

  test('gives a prosecutor no command on any case', () => {
    expect(caseCommands.filter((type) => caseChart.commands[type]?.by.includes('prosecutor'))).toEqual([]);
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

describe('the other lifecycles', () => {
  const interview = shipped('interview');
  const held = (state: string): Snapshot => ({ held: state });

  test.each<[string, Snapshot, string, Partial<FactsOf['interview']>, RegExp]>([
    ['the notice is incomplete', held('planned'), 'GIVE_NOTICE', { noticeComplete: false }, /what is recorded/],
    ['the notice was not given', held('planned'), 'START_INTERVIEW', {}, /not possible/],
    ['the recording was not announced', held('noticeGiven'), 'START_INTERVIEW', { recordingAnnounced: false }, /audio/],
    [
      'the interpreter is not understood',
      held('noticeGiven'),
      'START_INTERVIEW',
      { interpreterConfirmed: false },
      /interpreter/,
    ],
    ['a child is alone', held('noticeGiven'), 'START_INTERVIEW', { applicantIsChild: true }, /representative/],
    ['somebody else asks', held('underway'), 'RECORD_ANSWER', { actorConductsInterview: false }, /who conducts/],
    ['the interview is paused', held('pausedForCaution'), 'RECORD_ANSWER', {}, /not possible in the state “Paused/],
    [
      'a required question is open',
      held('underway'),
      'FINISH_QUESTIONS',
      { openRequiredQuestions: 1 },
      /required question/,
    ],
    ['it was not read back', held('readBack'), 'SEAL_INTERVIEW', { readBackDone: false }, /read back/],
    ['it was neither confirmed nor refused', held('readBack'), 'SEAL_INTERVIEW', { confirmation: 'none' }, /confirm/],
    [
      'somebody else abandons it once it started',
      held('underway'),
      'ABANDON_INTERVIEW',
      { actorConductsInterview: false },
      /who conducts .* Or: The interview must not have started/,
    ],
    ['it is sealed', 'sealed', 'RECORD_ANSWER', {}, /not possible in the state “Sealed”/],
    ['it is sealed already', 'sealed', 'SEAL_INTERVIEW', {}, /not possible/],
  ])('refuse in an interview when %s', (_name, snapshot, type, differing, because) => {
    expect(refused(decide(interview, snapshot, { type }, interviewFacts(differing))).because.join(' ')).toMatch(
      because,
    );
  });

  test.each([
    ['planned', false],
    ['noticeGiven', false],
    ['underway', true],
    ['pausedForCaution', true],
    ['readBack', true],
  ])('let an interview that is %s be abandoned', (state, actorConductsInterview) => {
    const outcome = decide(
      interview,
      held(state),
      { type: 'ABANDON_INTERVIEW' },
      interviewFacts({ actorConductsInterview }),
    );
    expect(carried(outcome).stage).toBe('abandoned');
  });

  test('keep a sealed record open for comments', () => {
    const outcome = carried(decide(interview, 'sealed', { type: 'ADD_COMMENT' }, interviewFacts()));
    expect(outcome).toMatchObject({ snapshot: 'sealed', effects: [{ type: 'appendComment', params: {} }] });
  });

  test('seal a record whose confirmation was refused with reasons', () => {
    const facts = interviewFacts({ confirmation: 'refusedWithReasons' });
    expect(decide(interview, held('readBack'), { type: 'SEAL_INTERVIEW' }, facts)).toMatchObject({
      ok: true,
      stage: 'sealed',
    });
  });

  test('let only the addressed authority acknowledge a referral, and not while access is suspended', () => {
    const referral = shipped('referral');
    const acknowledge = (standing: string, belongs: boolean) =>
      decide(
        referral,
        { delivery: 'receipted', standing },
        { type: 'ACKNOWLEDGE' },
        referralFacts({ actorBelongsToRecipient: belongs }),
      );
    expect(acknowledge('valid', true)).toMatchObject({ ok: true, stage: 'acknowledged' });
    expect(acknowledge('corrected', true)).toMatchObject({ ok: true, stage: 'acknowledged' });
    expect(refused(acknowledge('valid', false)).because).toEqual([
      'Only the authority this referral is addressed to may do this.',
    ]);
    expect(refused(acknowledge('suspended', true)).because).toEqual(['Access to this referral must not be suspended.']);
  });

  test('let nobody approve a questionnaire they wrote', () => {
    const questionnaire = shipped('questionnaire');
    const facts = questionnaireFacts({ actorIsAuthor: true });
    expect(refused(decide(questionnaire, 'inReview', { type: 'APPROVE_QUESTIONNAIRE' }, facts)).because).toEqual([
      'The approver must not be an author of this version.',
    ]);
  });

  test('let a person come back from everywhere but death', () => {
    const person = shipped('person');
    for (const state of ['detained', 'unknown', 'left', 'transferred', 'surrendered', 'removed']) {
      const snapshot = { whereabouts: { alive: state }, identity: 'claimed' };
      expect(
        decide(person, snapshot, { type: 'MARK_PRESENT' }, openingFacts.person[0] as FactsOf['person']),
      ).toMatchObject({
        ok: true,
        stage: 'present',
      });
    }
    const dead = { whereabouts: 'deceased', identity: 'claimed' };
    expect(decide(person, dead, { type: 'MARK_PRESENT' }, openingFacts.person[0] as FactsOf['person'])).toMatchObject({
      ok: false,
    });
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
