import type { DecisionToTell, Ground, ReferralKind } from '../domain/referral/file.js';
import type { DataKey } from '../platform/database/sealing.js';

/** A decision, confirmed suspicion or agreement that obliges us to tell. The caller's transaction writes its own rows. */
export interface DutyToTell {
  /** The id of that decision, suspicion decision or agreement. */
  readonly causeId: string;
  readonly kind: Exclude<ReferralKind, 'correction'>;
  readonly caseId: string;
  readonly key: DataKey;
  /** The person whose command this is; must be the actor of the transaction. */
  readonly actorId: string;
  readonly decision: DecisionToTell;
}

export type CorrectionReason =
  | 'quashedNotFinal'
  | 'quashedFinal'
  | 'partlyUpheld'
  | 'remitted'
  | 'reinstated'
  | 'suspicionRemains'
  | 'noSuspicionRemains'
  | 'factualError'
  | 'mistakenIdentity'
  | 'unlawfulTransmission'
  | 'reopened'
  | 'agreementRevoked';

export interface CorrectionToTell {
  /** A fresh id; the row of `correction` is written here. */
  readonly correctionId: string;
  /** The exclusion that a judgment is about; null for every other cause. */
  readonly decisionId: string | null;
  readonly reason: CorrectionReason;
  /** What the judgment or the correcting decision says, in words for the recipient. */
  readonly explanation: string | null;
  /** The referrals it is about, where it is not about all of them. */
  readonly referralIds?: readonly string[];
  /** Per allegation what stands (a judgment that upholds in part or reinstates) or remains suspected (the decision after a correction). */
  readonly findings?: DecisionToTell['findings'];
  readonly caseId: string;
  readonly key: DataKey;
  /** null: the system, for what a recipient's feedback obliges to. */
  readonly actorId: string | null;
}

export interface TellAlso {
  readonly caseId: string;
  readonly key: DataKey;
  readonly actorId: string;
  readonly authorityId: string;
  /** The law that the authority names, and that whoever decided found to hold: its own words, which only the package has. */
  readonly legalBasis: string;
  /** What the rows say in their stead, which outlive the file: by which request the words are found. */
  readonly codedBasis: string;
}

export interface Obliged {
  readonly obligationId: string;
  readonly authorityId: string;
  readonly legalBasis: string;
  readonly dueAt: Date;
}

/**
 * The grounds a duty is about. A suspicion may come before any allegation is written, at triage even; what Council Decision
 * 2003/335/JHA asks to tell are core international crimes, which are those of 1F(a). So is what an own account tells of.
 */
export function groundsOf({ kind, decision }: DutyToTell): Ground[] {
  const standing = decision.findings.filter(({ stands }) => stands).map(({ ground }) => ground);
  return standing.length === 0 && kind !== 'exclusion' ? ['1F(a)'] : [...new Set(standing)];
}
