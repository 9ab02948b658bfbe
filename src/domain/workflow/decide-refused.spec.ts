import { describe, expect, test } from '@jest/globals';
import { aCase, by, caseChart, refused } from '../../../test/factories/shipped-charts.js';
import { caseFacts } from '../../../test/factories/workflow-facts.js';
import type { Snapshot } from './decide.js';
import { decide } from './decide.js';
import type { CaseFacts } from './vocabulary/case.js';
import { caseCommands } from './vocabulary/case.js';
import type { Role } from './vocabulary/vocabulary.js';

type Refused = [name: string, at: Snapshot, type: string, facts: CaseFacts, because: RegExp];

/** What refuses one command in one state, given by one role: how the facts differ, and what is said. */
const on =
  (at: Snapshot, type: string, role: Role) =>
  (name: string, differing: Partial<CaseFacts>, because: RegExp): Refused => [
    name,
    at,
    type,
    by(role, differing),
    because,
  ];

const deciding = on(aCase('approved'), 'DECIDE_EXCLUSION', 'decisionMaker');
const reviewing = on(aCase('review'), 'APPROVE_REVIEW', 'reviewer');
const confirming = on(aCase('triage', 'pending', 'proposed'), 'CONFIRM_SUSPICION', 'reviewer');
const serving = on(aCase('analysing'), 'SERVE_INTENTION', 'officer1F');
const reinstating = on(aCase('quashed', 'pending', 'owed'), 'REINSTATE', 'decisionMaker');

describe('a command that is refused', () => {
  test.each<Refused>([
    deciding('a reviewer decides', { actorIsReviewer: true }, /must not be a reviewer/),
    deciding('an author decides', { actorIsAuthor: true }, /must not be an author/),
    reviewing('an author reviews', { actorIsAuthor: true }, /reviewer must not be an author/),
    reviewing('the interviewer reviews', { actorIsInterviewer: true }, /must not have interviewed/),
    reviewing('legal sign-off is missing on 1F(a)', { legalSignOffRevision: 2 }, /legal adviser must sign off/),
    [
      'the certificate has expired',
      aCase('triage'),
      'ACCEPT_TRIAGE',
      by('officer1F', { actorCertified: false }),
      /certificate/,
    ],
    deciding('the analysis changed after the review', { reviewedRevision: 2 }, /must be approved in review/),
    deciding(
      'the notice of intention was for an earlier analysis',
      { intentionRevision: 2 },
      /notice of intention must be served for the analysis as it now stands/,
    ),
    deciding('the applicant neither replied nor let the deadline pass', { replyReceived: false }, /must have replied/),
    deciding('material relied on was not disclosed', { undisclosedReliedMaterial: 1 }, /must have been disclosed/),
    deciding('an allegation is left undecided', { allegationsDecided: 1 }, /cover every allegation/),
    deciding(
      'no allegation stands',
      { allegationsDecidedToStand: 0 },
      /At least one allegation must be decided to stand/,
    ),
    deciding(
      'an allegation stands of which the applicant was never told',
      { allegationsStandingUnannounced: 1 },
      /must have been in the notice of intention/,
    ),
    deciding(
      'the applicant may have been too young for an act',
      { allegationsBelowAgeOfResponsibility: 1 },
      /below the age of criminal responsibility/,
    ),
    deciding(
      'no authority is competent for the exclusion',
      { authoritiesForExclusion: 0 },
      /At least one authority must be competent to receive the exclusion/,
    ),
    confirming(
      'no authority is competent for the suspicion',
      { authoritiesForSuspicion: 0 },
      /^At least one authority must be competent to receive the suspicion[^.]*\.$/,
    ),
    confirming(
      'the proposer confirms',
      { actorIsSuspicionProposer: true },
      /^The suspicion decision must be confirmed by somebody other than the person who proposed it\.$/,
    ),
    ...(['suspicion', 'noSuspicion'] as const).flatMap((suspicionProposal) => {
      const confirmed = (name: string, differing: Partial<CaseFacts>, because: RegExp): Refused =>
        confirming(`${name} (${suspicionProposal})`, { suspicionProposal, ...differing }, because);
      return [
        confirmed(
          'the confirmer holds no certificate',
          { actorCertified: false },
          /^You must hold a certificate[^.]*\.$/,
        ),
        confirmed(
          'an author confirms',
          { actorIsAuthor: true },
          /^The reviewer must not be an author of the analysis\.$/,
        ),
        confirmed('the interviewer confirms', { actorIsInterviewer: true }, /^The reviewer must not have interviewed/),
        confirmed(
          'more was heard since the proposal',
          { heardSinceSuspicionProposal: true },
          /^Nothing may have been recorded/,
        ),
      ];
    }),
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
    ).flatMap(([type, assessment, role]) => {
      const relying = on(aCase(assessment, 'pending', 'confirmedNoSuspicion'), type, role);
      const nothingStands = { allegationsDecidedToStand: 0 };
      return [
        relying(
          `${type} relies on a suspicion decision from before the last interview`,
          { ...nothingStands, heardSinceSuspicionProposal: true },
          /Nothing may have been recorded in an interview since/,
        ),
        relying(
          `${type} comes from the person who confirmed the suspicion decision`,
          { ...nothingStands, actorConfirmedSuspicion: true },
          /must not have confirmed the suspicion decision/,
        ),
      ];
    }),
    [
      'not-excluded becomes final although more was heard since',
      aCase('notExcluded', 'pending', 'confirmedNoSuspicion'),
      'BECOME_FINAL',
      by('decisionMaker', { heardSinceSuspicionProposal: true }),
      /Nothing may have been recorded/,
    ],
    deciding('the interviewer decides an exclusion', { actorIsInterviewer: true }, /must not have interviewed/),
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
    reinstating(
      'an exclusion is reinstated after a judgment that was final',
      { lastJudgmentIsFinal: true },
      /must not be recorded as final already/,
    ),
    reinstating('an exclusion is reinstated without a certificate', { actorCertified: false }, /certificate/),
    reinstating('the interviewer reinstates an exclusion', { actorIsInterviewer: true }, /must not have interviewed/),
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
    serving('an element is not found', { allegationsWithEveryElementFound: 1 }, /Every element of every allegation/),
    serving(
      'what speaks for the applicant is not assessed',
      { exculpatoryAssessed: false },
      /what speaks for the applicant must be assessed/,
    ),
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
      'DECIDE_EXCLUSION',
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
