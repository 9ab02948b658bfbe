import type { AllegationInFile, CaseFile, Content, Ground, ReferralKind, StatusScope } from './file.js';

/** What the decision (exclusion, suspicion) or agreement (account) says; its rows are written in the same transaction. */
export interface DecisionToTell {
  readonly reasons: string;
  /** For a suspicion: the allegations it is about, each standing. */
  readonly findings: readonly {
    readonly allegationId: string;
    readonly ground: Ground;
    readonly scope: StatusScope;
    readonly stands: boolean;
    readonly reasons?: string;
  }[];
}

export interface Recipient {
  readonly authorityId: string;
  readonly code: string;
  readonly name: string;
  readonly legalBasis: string;
  readonly grounds: readonly Ground[];
}

export interface PackageInput {
  readonly referralId: string;
  readonly kind: Exclude<ReferralKind, 'correction'>;
  readonly causeId: string;
  /** ISO instant. */
  readonly at: string;
  readonly recipient: Recipient;
  readonly decision: DecisionToTell;
  readonly file: CaseFile;
}

/** SHA-256 in hex over the canonical JSON of a value. */
export type Hash = (value: unknown) => string;

export const PACKAGE_FORMAT = 'f1-referral/1';

export const HANDLING =
  'Use only for the investigation and prosecution of the acts described. No onward transfer without our written leave. Nothing ' +
  'may reach, directly or indirectly, a country of nationality or former residence of any person named here, its missions, its ' +
  'INTERPOL bureau, or an alleged actor of persecution or serious harm, also after the decision on protection is final. A ' +
  'request from there must be answered without confirming that a claim for protection exists.';

const NOTICE_ON_ALLEGATIONS =
  'Whether an allegation stands was decided on "serious reasons for considering" in a procedure on protection. It is not a ' +
  'finding of guilt, and the presumption of innocence applies.';

/**
 * The package for one recipient: what that recipient's legal basis covers, facts apart from assessments (Directive 2016/680,
 * Article 7), what speaks for the person as a part of its own that is never left out, and a manifest of hashes over all parts.
 */
export function referralPackage(input: PackageInput, hash: Hash): Content {
  const { file, recipient, decision } = input;
  const allegations = file.allegations.filter((allegation) => recipient.grounds.includes(allegation.ground));
  const concerned = new Set(allegations.map(({ id }) => id));
  const findings = decision.findings.filter(({ allegationId }) => concerned.has(allegationId));
  const parts: Content = {
    decision: { id: input.causeId, at: input.at, reasons: decision.reasons, findings, notice: NOTICE_ON_ALLEGATIONS },
    status: { procedureType: file.procedureType, claim: file.claim, countryOfOrigin: file.countryOfOrigin },
    persons: personsOf(file),
    allegations: allegations.map(allegationPart),
    facts: factsOf(file),
    assessments: assessmentsOf(file),
    exculpatory: exculpatoryOf(file, allegations, findings),
  };
  return sealedByManifest(
    {
      format: PACKAGE_FORMAT,
      kind: input.kind,
      referralId: input.referralId,
      caseReference: file.reference,
      createdAt: input.at,
      recipient: { code: recipient.code, name: recipient.name },
      legalBasis: recipient.legalBasis,
      handling: { text: HANDLING, onwardTransfer: 'withOurLeaveOnly' },
    },
    parts,
    hash,
  );
}

export interface CorrectionInput {
  readonly referralId: string;
  readonly correctionId: string;
  readonly reason: string;
  /** What the correcting judgment or decision says, in words. */
  readonly explanation: string | null;
  /** Per allegation what the judgment leaves standing, where it says so; empty when it is about the whole decision. */
  readonly findings: DecisionToTell['findings'];
  readonly at: string;
  readonly recipient: Omit<Recipient, 'grounds'>;
  readonly caseReference: string;
  readonly decisionId: string | null;
  readonly corrected: readonly {
    readonly referralId: string;
    readonly kind: ReferralKind;
    readonly bodySha256: string;
  }[];
  readonly suspended: boolean;
}

const ANSWER =
  'Answer for each referral named here: erased, restricted, or retained as evidence, and under which law. Until you have, treat ' +
  'what it said as in dispute.';

/** The package that tells one recipient that earlier referrals must no longer be relied on as they were. */
export function correctionPackage(input: CorrectionInput, hash: Hash): Content {
  const { recipient } = input;
  return sealedByManifest(
    {
      format: PACKAGE_FORMAT,
      kind: 'correction',
      referralId: input.referralId,
      caseReference: input.caseReference,
      createdAt: input.at,
      recipient: { code: recipient.code, name: recipient.name },
      legalBasis: recipient.legalBasis,
      handling: { text: HANDLING, onwardTransfer: 'withOurLeaveOnly' },
    },
    {
      correction: {
        id: input.correctionId,
        reason: input.reason,
        explanation: input.explanation,
        findings: input.findings,
        decisionId: input.decisionId,
        accessSuspended: input.suspended,
        answer: ANSWER,
      },
      corrects: input.corrected,
    },
    hash,
  );
}

const sealedByManifest = (head: Content, parts: Content, hash: Hash): Content => ({
  ...head,
  ...parts,
  manifest: {
    algorithm: 'SHA-256 over RFC 8785 canonical JSON',
    parts: Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, hash(part)])),
  },
});

/** Categories of persons stay apart (Directive 2016/680, Article 6); whereabouts of third persons are not part of the package. */
const personsOf = (file: CaseFile): Content => ({
  underSuspicion: [{ id: file.person.id, whereabouts: file.person.whereabouts, identity: file.person.content }],
  convicted: [],
  victims: [],
  witnesses: [],
  others: [],
  note: 'Third persons appear only in the words of the applicant, under facts; their categories and whereabouts were not established.',
});

const allegationPart = ({ evidence, ...allegation }: AllegationInFile): Content => ({
  ...allegation,
  evidence: evidence.filter(({ exculpatory }) => !exculpatory),
});

const factsOf = (file: CaseFile): Content => ({
  interviews: file.interviews.map(({ answers, indicators: _, questionnaires, ...interview }) => ({
    ...interview,
    questionnaires: questionnaires.map(({ code, version, hash }) => ({ code, version, hash })),
    answers: answers.map(({ content: { note: _note, ...said }, ...answer }) => ({
      ...answer,
      question: wordingOf(questionnaires, answer.questionId),
      content: said,
    })),
  })),
  documents: file.documents,
  notices: file.notices,
  submissions: file.submissions,
});

const wordingOf = (
  questionnaires: CaseFile['interviews'][number]['questionnaires'],
  questionId: string,
): string | null => questionnaires.map(({ texts }) => texts[questionId]).find((text) => text !== undefined) ?? null;

/** What officers made of the facts: their remarks on answers, and indicators, each with the answers it was raised from. */
const assessmentsOf = (file: CaseFile): Content => ({
  remarks: file.interviews.flatMap(({ id, answers }) =>
    answers
      .filter(({ content }) => (content.note ?? null) !== null && content.note !== '')
      .map((answer) => ({
        interviewId: id,
        answerId: answer.id,
        questionId: answer.questionId,
        note: answer.content.note,
      })),
  ),
  indicators: file.interviews.flatMap(({ id, indicators }) =>
    indicators.map((indicator) => ({ interviewId: id, ...indicator })),
  ),
});

/** Always there, and says so in words when it is empty. */
function exculpatoryOf(
  file: CaseFile,
  allegations: readonly AllegationInFile[],
  findings: DecisionToTell['findings'],
): Content {
  const evidence = allegations.flatMap(({ id, evidence: sources }) =>
    sources.filter(({ exculpatory }) => exculpatory).map((source) => ({ allegationId: id, ...source })),
  );
  const elements = allegations.flatMap(({ id, elements: found }) =>
    found
      .filter(({ finding }) => finding !== 'met')
      .map(({ element, finding }) => ({ allegationId: id, element, finding })),
  );
  const notStanding = findings
    .filter(({ stands }) => !stands)
    .map(({ allegationId, scope }) => ({ allegationId, scope }));
  const clearedIndicators = file.interviews.flatMap(({ id, indicators }) =>
    indicators
      .filter(({ clearedAt }) => clearedAt !== null)
      .map((indicator) => ({ interviewId: id, id: indicator.id })),
  );
  const replies = file.submissions.map(({ id, kind }) => ({ submissionId: id, kind }));
  const assessed = allegations
    .filter(({ content }) => (content['exculpatory'] ?? null) !== null)
    .map(({ id, content }) => ({ allegationId: id, assessment: content['exculpatory'] }));
  const empty = [assessed, evidence, elements, notStanding, clearedIndicators, replies].every(
    (list) => list.length === 0,
  );
  return {
    statement: empty
      ? 'The file holds nothing that was recorded as speaking for the person.'
      : 'What the file holds that speaks for the person, by reference to the parts above.',
    assessed,
    evidence,
    elementsNotMet: elements,
    allegationsNotStanding: notStanding,
    clearedIndicators,
    submissions: replies,
  };
}
