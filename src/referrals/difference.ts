import type { CauseKind } from './reconciler.sql.js';

/** One way in which what was decided and what was told do not agree. Ids only. */
export interface Difference {
  /** Of which kind of cause; null: of none that is known here. */
  readonly kind: CauseKind | null;
  readonly what: string;
  /** The decision, suspicion decision, agreement or correction; the case, where nothing else has an id. */
  readonly causeId: string | null;
  /** The obligation, which is also the referral. */
  readonly obligationId: string | null;
  readonly authority: string | null;
}
