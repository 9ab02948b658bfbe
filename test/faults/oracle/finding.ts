import type { KeyObject } from 'node:crypto';
import type { JournalEntry } from '../harness/journal.js';
import type { Jump } from './order.js';

export const RULES = ['O1', 'O2', 'O3', 'O4', 'O5', 'O6'] as const;
export type Rule = (typeof RULES)[number];

/** Something that is not as it must be. `lost`: a duty, a receipt or an accepted command that is not there. */
export interface Finding {
  readonly rule: Rule;
  readonly kind: 'lost' | 'wrong';
  readonly what: string;
}

/** Where the oracle looks: PostgreSQL by its own statements, the receiver's own log, and what the callers were told. */
export interface Evidence {
  ask<T extends object>(text: string, values?: unknown[]): Promise<T[]>;
  readonly receiverLog: string;
  readonly receiverKey: KeyObject;
  readonly installationKey: KeyObject;
  readonly journal: readonly JournalEntry[];
  readonly surprises: readonly string[];
  /** `f1 reconcile --json`, run as anybody would. */
  reconcile(): Promise<Reconciled>;
  /** Instants of the database's clock at which deadlines could be seen to again. */
  readonly restarts: readonly Date[];
  /** From one transaction to another: while nobody knew the time. */
  readonly held: readonly { readonly from: string; readonly to: string }[];
  /** Between these instants nobody knew the time; null: nobody does yet. */
  readonly doubts: readonly { readonly from: Date; readonly to: Date | null }[];
  readonly jumps: readonly Jump[];
  /** When a fault was on, by the database's clock; several where it jumped meanwhile. */
  readonly faults: readonly { readonly from: Date; readonly to: Date }[];
  /** What was known before an older backup was restored, where one was. */
  readonly restored: Before | undefined;
}

/** A database that is gone, since a backup older than it took its place; of several, all that any of them knew. */
export interface Before {
  /** The transaction of each command, by its key: a restored row is written by the restore's own. */
  readonly commands: ReadonlyMap<string, string>;
  /** How many attempts on each referral only the databases that are gone know. */
  readonly attempts: ReadonlyMap<string, number>;
  /** The authority of each obligation. */
  readonly obligations: ReadonlyMap<string, string>;
}

export interface Reconciled {
  readonly ok: boolean;
  readonly causes: number;
  readonly obligations: number;
  readonly receipts: number;
  readonly differences: readonly {
    readonly what: string;
    readonly obligationId: string | null;
    readonly causeId: string | null;
  }[];
}

export const lost = (rule: Rule, what: string): Finding => ({ rule, kind: 'lost', what });
export const wrong = (rule: Rule, what: string): Finding => ({ rule, kind: 'wrong', what });
