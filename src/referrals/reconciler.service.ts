import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../platform/database/database.js';
import { CAUSE_KINDS, type CauseKind, CHAINS, RECONCILE } from './reconciler.sql.js';

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

/** An obligation whose file was erased again after a restore, before a receipt of it was here: nothing more can be done about it. */
export interface ErasedUnreceipted extends Omit<Difference, 'what'> {
  /** Whether its recipient's own newest list has it; null: we have no list. */
  readonly listed: boolean | null;
}

export interface Reconciled {
  readonly ok: boolean;
  readonly causes: number;
  readonly obligations: number;
  readonly receipts: number;
  /** Obligations on their way and in time. */
  readonly inFlight: number;
  readonly differences: readonly Difference[];
  /** How many differences there are beyond those listed. */
  readonly notListed: number;
}

export interface Reconciliation extends Reconciled {
  /** ISO instant of the one snapshot that everything was read from. */
  readonly at: string;
  readonly kinds: Readonly<Record<CauseKind, Reconciled>>;
  /** Told apart from `differences`: the recipient's own list decides whether it was told. */
  readonly erasedUnreceipted: readonly ErasedUnreceipted[];
  /** Cases, people, interviews and referrals whose chain does not fold to their state, as `kind/id`; null: not asked this time. */
  readonly chains: readonly string[] | null;
}

type CountRow = { kind: CauseKind } & Pick<Reconciled, 'causes' | 'obligations' | 'receipts' | 'inFlight'>;

/** Compares decisions with obligations and obligations with receipts, in both directions, from the tables themselves. */
@Injectable()
export class ReconcilerService {
  constructor(private readonly database: Database) {}

  /**
   * `ok`: nothing is missing, unjustified or overdue. What is on its way and in time is `inFlight`, not a difference. With
   * `chains`, every chain of events is held against the state it leads to as well.
   */
  async reconcile({ chains = false } = {}): Promise<Reconciliation> {
    return this.database.inWorkerTx(async (tx) => {
      const found = await tx.one<Found>(RECONCILE, [], 'reconcile');
      return reconciliationOf(tx.now, found!, chains ? await brokenChainsInTx(tx) : null);
    });
  }
}

export async function brokenChainsInTx(tx: Tx): Promise<string[]> {
  const rows = await tx.rows<{ kind: string; id: string }>(CHAINS, [], 'reconcile_chains');
  return rows.map(({ kind, id }) => `${kind}/${id}`);
}

/** What the one statement of a reconciliation answers. */
export interface Found {
  readonly counts: readonly CountRow[];
  /** As many as are listed. */
  readonly differences: readonly Difference[];
  /** How many there are, of each kind and way. */
  readonly tally: readonly { readonly kind: CauseKind | null; readonly what: string; readonly number: number }[];
  readonly erasedUnreceipted: readonly ErasedUnreceipted[];
}

export function reconciliationOf(
  at: Date,
  { counts, differences, tally, erasedUnreceipted }: Found,
  chains: readonly string[] | null,
): Reconciliation {
  const numberOf = (rows: Found['tally']): number => rows.reduce((sum, { number }) => sum + number, 0);
  const of = (kind: CauseKind): Reconciled => {
    const { causes = 0, obligations = 0, receipts = 0, inFlight = 0 } = counts.find((row) => row.kind === kind) ?? {};
    const own = differences.filter((difference) => difference.kind === kind);
    const number = numberOf(tally.filter((row) => row.kind === kind));
    const notListed = number - own.length;
    return { ok: number === 0, causes, obligations, receipts, inFlight, differences: own, notListed };
  };
  const kinds = Object.fromEntries(CAUSE_KINDS.map((kind) => [kind, of(kind)])) as Record<CauseKind, Reconciled>;
  const total = (name: 'causes' | 'obligations' | 'receipts' | 'inFlight'): number =>
    CAUSE_KINDS.reduce((sum, kind) => sum + kinds[kind][name], 0);
  return {
    ok: tally.length === 0 && (chains ?? []).length === 0,
    at: at.toISOString(),
    causes: total('causes'),
    obligations: total('obligations'),
    receipts: total('receipts'),
    inFlight: total('inFlight'),
    differences,
    notListed: numberOf(tally) - differences.length,
    erasedUnreceipted,
    kinds,
    chains,
  };
}
