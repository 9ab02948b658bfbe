import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../platform/database/database.js';
import { Keys } from '../platform/keys/keys.module.js';
import { impossibleSteps } from './chain-steps.js';
import type { Difference } from './difference.js';
import { type ReceiptsToProve, unprovenReceipts } from './receipt-proofs.js';
import { CAUSE_KINDS, type CauseKind, CHAINS, MOST_LISTED, RECONCILE } from './reconciler.sql.js';

/** An obligation whose file was erased again after a restore, before a receipt of it was here; a difference until its recipient lists it. */
export interface ErasedUnreceipted extends Omit<Difference, 'what'> {
  /** Whether its recipient's own newest list has it; null: we have no list. */
  readonly listed: boolean | null;
}

/** An obligation that two persons closed, because the file came to bar its recipient; counted as owed no more, and no difference. */
export interface ClosedAsBlocked extends Omit<Difference, 'what'> {
  /** Whether it arrived before. */
  readonly received: boolean;
}

/** An obligation that a correction called back before it arrived: it leaves no more, and is no difference. */
export interface Recalled extends Omit<Difference, 'what'> {
  readonly correctionId: string;
}

/** What an authority says itself to have received, and since when we have not heard that. */
export interface AuthorityList {
  readonly authority: string;
  /** It has an address where its list is asked for. */
  readonly expected: boolean;
  /** When its newest list was made; null: there is none. */
  readonly at: string | null;
  /** How many referrals it names; null: there is none. */
  readonly entries: number | null;
  /** In which ways it and what is recorded here differ, and how often; none: everything matches. */
  readonly unmatched: readonly { readonly what: string; readonly number: number }[];
  /** Why asking for it failed last, where it did since it last succeeded; only the process that asks knows. */
  readonly failure?: { readonly at: string; readonly reason: string };
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
  /** The recipient's own list decides whether it was told: until that has it, it is among the `differences` too. */
  readonly erasedUnreceipted: readonly ErasedUnreceipted[];
  readonly closedAsBlocked: readonly ClosedAsBlocked[];
  readonly recalled: readonly Recalled[];
  readonly lists: readonly AuthorityList[];
  /** Cases, people, interviews and referrals whose chain does not fold to their state, as `kind/id`; null: not asked this time. */
  readonly chains: readonly string[] | null;
}

type CountRow = { kind: CauseKind } & Pick<Reconciled, 'causes' | 'obligations' | 'receipts' | 'inFlight'>;

/** A transaction that began before another one's receipt was looked at may commit after it. */
const MAY_COMMIT_LATE_MS = 3_600_000;

/** Compares decisions with obligations and obligations with receipts, in both directions, from the tables themselves. */
@Injectable()
export class ReconcilerService {
  private proven: { readonly at: Date; readonly unproven: readonly string[] } | undefined;

  constructor(
    private readonly database: Database,
    private readonly keys: Keys,
  ) {}

  /**
   * `ok`: nothing is missing, unjustified or overdue. What is on its way and in time is `inFlight`, not a difference. With
   * `chains`, every chain of events is held against the state it leads to as well. The proof of every receipt is verified; of
   * the `new` ones only: those since this process last did it, and those that failed then.
   */
  async reconcile({ chains = false, receipts = 'all' as 'all' | 'new' } = {}): Promise<Reconciliation> {
    return this.database.inWorkerTx(async (tx) => {
      const found = await tx.one<Found>(RECONCILE, [], 'reconcile');
      const unproven = await unprovenInTx(tx, this.keys.signing, receipts === 'new' ? this.unlooked() : undefined);
      this.proven = { at: tx.now, unproven: unproven.map(({ obligationId }) => obligationId!) };
      return reconciliationOf(tx.now, withUnproven(found!, unproven), chains ? await brokenChainsInTx(tx) : null);
    });
  }

  private unlooked(): ReceiptsToProve | undefined {
    if (!this.proven) return undefined;
    const { at, unproven } = this.proven;
    return { since: new Date(at.getTime() - MAY_COMMIT_LATE_MS), ids: unproven };
  }
}

export const unprovenInTx = (tx: Tx, signing: Keys['signing'], wanted?: ReceiptsToProve): Promise<Difference[]> =>
  unprovenReceipts((sql, values) => tx.rows(sql, values, 'receipts_to_prove'), signing, wanted);

/** What the tables say and what the signatures say, as one. */
export function withUnproven(found: Found, unproven: readonly Difference[]): Found {
  const number = (kind: CauseKind): number => unproven.filter((one) => one.kind === kind).length;
  const counted = CAUSE_KINDS.map((kind) => ({ kind, what: 'receiptNotProven', number: number(kind) }));
  return {
    ...found,
    differences: [...found.differences, ...unproven.slice(0, MOST_LISTED)],
    tally: [...found.tally, ...counted.filter((one) => one.number > 0)],
  };
}

export async function brokenChainsInTx(tx: Tx): Promise<string[]> {
  const rows = await tx.rows<{ kind: string; id: string }>(CHAINS, [], 'reconcile_chains');
  const broken = [...rows, ...(await impossibleSteps(tx))].map(({ kind, id }) => `${kind}/${id}`);
  return [...new Set(broken)].sort().slice(0, MOST_LISTED);
}

/** What the one statement of a reconciliation answers. */
export interface Found {
  readonly counts: readonly CountRow[];
  /** As many as are listed. */
  readonly differences: readonly Difference[];
  /** How many there are, of each kind and way. */
  readonly tally: readonly { readonly kind: CauseKind | null; readonly what: string; readonly number: number }[];
  readonly erasedUnreceipted: readonly ErasedUnreceipted[];
  readonly closedAsBlocked: readonly ClosedAsBlocked[];
  readonly recalled: readonly Recalled[];
  readonly lists: readonly Omit<AuthorityList, 'unmatched'>[];
  readonly unmatched: readonly (AuthorityList['unmatched'][number] & Pick<AuthorityList, 'authority'>)[];
}

export function reconciliationOf(
  at: Date,
  { counts, differences, tally, erasedUnreceipted, closedAsBlocked, recalled, lists, unmatched }: Found,
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
    closedAsBlocked,
    recalled,
    lists: lists.map((list) => ({
      ...list,
      unmatched: unmatched
        .filter(({ authority }) => authority === list.authority)
        .map(({ what, number }) => ({ what, number })),
    })),
    kinds,
    chains,
  };
}
