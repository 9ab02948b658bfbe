import type { CaseFile, Content, DecisionToTell, Ground, ReferralKind, WhereaboutsWithheld } from './file.js';
import { allegationPart } from './package-allegations.js';
import { assessmentsOf } from './package-assessments.js';
import { exculpatoryOf } from './package-exculpatory.js';
import { factsOf } from './package-facts.js';
import { personsOf } from './package-persons.js';
import { withoutWhereabouts } from './whereabouts.js';

export interface Recipient {
  readonly authorityId: string;
  readonly code: string;
  readonly name: string;
  readonly legalBasis: string;
  readonly grounds: readonly Ground[];
}

/** What was missing and what two people said of it. */
export interface CompletenessToTell {
  /** Sentences about what is known to be missing and hinders nothing. */
  readonly noted: readonly string[];
  /** Where something required is missing: why the package leaves all the same, by whom asked and by whom approved. */
  readonly override: {
    readonly missing: readonly string[];
    readonly reason: string;
    readonly askedBy: string;
    readonly askedAt: string;
    readonly approvedBy: string;
    readonly approvedAt: string;
    readonly approval: string;
  } | null;
}

export interface PackageInput {
  readonly referralId: string;
  readonly kind: Exclude<ReferralKind, 'correction'>;
  readonly causeId: string;
  /** ISO instant. */
  readonly at: string;
  /** ISO 3166-1 alpha-2: whose authority sends. */
  readonly country: string;
  readonly recipient: Recipient;
  readonly decision: DecisionToTell;
  readonly completeness: CompletenessToTell;
  readonly file: CaseFile;
}

/** SHA-256 in hex over the canonical JSON of a value. */
export type Hash = (value: unknown) => string;

export const PACKAGE_FORMAT = 'f1-referral/2';

export const HANDLING =
  'Use only for the investigation and prosecution of the acts described. No onward transfer without our written leave. Nothing ' +
  'may reach, directly or indirectly, a country of nationality or former residence of any person named here, its missions, its ' +
  'INTERPOL bureau, or an alleged actor of persecution or serious harm, also after the decision on protection is final. A ' +
  'request from there must be answered without confirming that a claim for protection exists.';

const NOTICE_ON_ALLEGATIONS =
  'Whether an allegation stands was decided on "serious reasons for considering" in a procedure on protection. It is not a ' +
  'finding of guilt, and the presumption of innocence applies.';

const NOTICE_ON_ACCOUNT =
  'An account of what the person saw or suffered. It contains no allegation against this person and has no effect on the claim.';

/**
 * The package for one recipient: what that recipient's legal basis covers, facts apart from assessments (Directive 2016/680,
 * Article 7), what speaks for the person as a part of its own that is never left out, and a manifest of hashes over all parts.
 */
export function referralPackage(input: PackageInput, hash: Hash): Content {
  const { file, recipient, decision } = input;
  const allegations = file.allegations.filter((allegation) => recipient.grounds.includes(allegation.ground));
  const concerned = new Set(allegations.map(({ id }) => id));
  const findings = decision.findings
    .filter(({ allegationId }) => concerned.has(allegationId))
    .map(({ reasons = null, ...finding }) => ({ ...finding, reasons }));
  const notice = input.kind === 'account' ? NOTICE_ON_ACCOUNT : NOTICE_ON_ALLEGATIONS;
  const parts: Content = {
    decision: { id: input.causeId, at: input.at, reasons: decision.reasons, findings, notice },
    status: statusOf(file),
    persons: personsOf(file, input.kind),
    allegations: allegations.map(allegationPart),
    facts: factsOf(file),
    assessments: assessmentsOf(file),
    exculpatory: exculpatoryOf(file, allegations, findings, input.kind),
    completeness: input.completeness,
  };
  const head = { ...headOf(input, file.reference), sender: senderOf(input) };
  return sealedByManifest(head, parts, file.whereaboutsWithheld, hash);
}

/** The authority that decided, and whom of it to ask; nobody else who worked on the file is named. */
const senderOf = ({ country, file: { contact } }: PackageInput): Content => ({
  country,
  officer: contact?.name ?? null,
  unit: contact?.unit ?? null,
});

/** What every package begins with. `closedTo`: the countries in question, so that no reader must look for them. */
function headOf(
  input: {
    readonly referralId: string;
    readonly kind: ReferralKind;
    readonly at: string;
    readonly recipient: Omit<Recipient, 'grounds'>;
    readonly file?: CaseFile;
  },
  caseReference: string,
): Content {
  const { recipient, file } = input;
  return {
    format: PACKAGE_FORMAT,
    kind: input.kind,
    referralId: input.referralId,
    caseReference,
    createdAt: input.at,
    recipient: { code: recipient.code, name: recipient.name },
    legalBasis: recipient.legalBasis,
    handling: {
      text: HANDLING,
      onwardTransfer: 'withOurLeaveOnly',
      ...(file ? { neverTo: file.closedTo } : {}),
    },
  };
}

/** How the claim and the decisions under Article 1F stood before this one. */
const statusOf = (file: CaseFile): Content => ({
  procedureType: file.procedureType,
  claim: file.claim,
  countryOfOrigin: file.countryOfOrigin,
  references: { external: file.externalReference, earlierSystems: file.legacyIds },
  earlierDecisions: file.decisions,
  appeals: file.appeals,
});

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
  readonly whereaboutsWithheld: readonly WhereaboutsWithheld[];
}

const ANSWER =
  'Answer for each referral named here: erased, restricted, or retained as evidence, and under which law. Until you have, treat ' +
  'what it said as in dispute.';

/** The package that tells one recipient that earlier referrals must no longer be relied on as they were. */
export function correctionPackage(input: CorrectionInput, hash: Hash): Content {
  return sealedByManifest(
    headOf({ ...input, kind: 'correction' }, input.caseReference),
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
    input.whereaboutsWithheld,
    hash,
  );
}

/** The last that is done to a package: no part is made after the words that may not leave are taken out. */
function sealedByManifest(
  head: Content,
  whole: Content,
  unapproved: readonly WhereaboutsWithheld[],
  hash: Hash,
): Content {
  const { value: parts, withheld } = withoutWhereabouts(whole, unapproved);
  return {
    ...head,
    ...parts,
    manifest: {
      algorithm: 'SHA-256 over RFC 8785 canonical JSON',
      parts: Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, hash(part)])),
      withheld,
    },
  };
}
