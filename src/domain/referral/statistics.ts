import type { ReferralKind } from './file.js';

/** An event as statistics read it: plain facts, never content. Instants are epoch milliseconds. */
export interface CountedEvent {
  readonly aggregateId: string;
  readonly caseId: string;
  readonly type: string;
  readonly at: number;
  readonly facets: Readonly<Record<string, unknown>>;
  /** When a referral must have been received. */
  readonly dueAt?: number | undefined;
}

/** What became of one referral, as far as it is known at the end of the period. */
interface Told {
  readonly caseId: string;
  readonly kind: ReferralKind;
  readonly authority: string;
  readonly grounds: readonly string[];
  readonly dueAt: number | undefined;
  readonly createdAt: number;
  receivedAt?: number;
  acknowledgedAt?: number;
  feedbackAt?: number;
  concludedAt?: number;
  corrected: boolean;
  mistakenIdentity: boolean;
}

/** How long something took, in hours: over the referrals for which it had happened by the end of the period. */
export interface Took {
  readonly count: number;
  readonly medianHours: number | null;
  /** Nine of ten took no longer. */
  readonly ninthDecileHours: number | null;
  readonly longestHours: number | null;
}

export interface Figures {
  readonly referrals: number;
  readonly received: number;
  readonly acknowledged: number;
  readonly concluded: number;
  /** Of which the recipient told at least once what became of them. */
  readonly withFeedback: number;
  /** Found by the recipient to be about somebody else. */
  readonly mistakenIdentity: number;
  /** Marked by a correction, and not reinstated since. */
  readonly corrected: number;
  /** Received after the day it was due, or due and still not received. */
  readonly overdue: number;
  readonly toRefer: Took;
  readonly toAcknowledge: Took;
  readonly toFeedback: Took;
  readonly toConclude: Took;
}

/** How much of the period the figures are of. */
export interface Covered {
  /** Whether the whole period has passed: only then the same period gives the same figures whenever it is asked. */
  readonly complete: boolean;
  /** ISO instant before which what happened counts: the end of the period, or the moment of asking while it lasts. */
  readonly until: string;
}

export interface Statistics extends Figures {
  readonly byKind: Readonly<Record<string, Figures>>;
  /** A referral on two grounds counts under both. */
  readonly byGround: Readonly<Record<string, Figures>>;
  /** Country of origin of the case. */
  readonly byCountry: Readonly<Record<string, Figures>>;
  readonly byAuthority: Readonly<Record<string, Figures>>;
}

/**
 * Folds events into figures about the referrals created in [from, until). Only what happened before `until` counts, so that a
 * period that has passed gives the same figures whenever it is asked; events come in any order of aggregates,
 * each aggregate's in its own order.
 */
export class StatisticsOfReferrals {
  private readonly countries = new Map<string, string>();
  private readonly told = new Map<string, Told>();

  constructor(
    private readonly from: number,
    private readonly until: number,
  ) {}

  add(event: CountedEvent): void {
    if (event.at >= this.until) return;
    if (event.type === 'REGISTER_CASE') this.countries.set(event.caseId, text(event.facets['country']));
    else if (event.type === 'CREATE_REFERRAL') this.create(event);
    else this.change(event);
  }

  result(): Statistics {
    const all = [...this.told.values()];
    const by = (keys: (one: Told) => readonly string[]): Record<string, Figures> => {
      const groups = new Map<string, Told[]>();
      for (const one of all) for (const key of keys(one)) groups.set(key, [...(groups.get(key) ?? []), one]);
      const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
      return Object.fromEntries(sorted.map(([key, group]) => [key, this.figures(group)]));
    };
    return {
      ...this.figures(all),
      byKind: by(({ kind }) => [kind]),
      byGround: by(({ grounds }) => grounds),
      byCountry: by(({ caseId }) => [this.countries.get(caseId) ?? 'unknown']),
      byAuthority: by(({ authority }) => [authority]),
    };
  }

  private create({ aggregateId, caseId, at, facets, dueAt }: CountedEvent): void {
    if (at < this.from) return;
    const { kind, authority, grounds } = facets;
    this.told.set(aggregateId, {
      caseId,
      kind: kind as ReferralKind,
      authority: text(authority),
      grounds: Array.isArray(grounds) ? [...new Set(grounds.map(text))] : [],
      dueAt,
      createdAt: at,
      corrected: false,
      mistakenIdentity: false,
    });
  }

  private change({ aggregateId, type, at, facets }: CountedEvent): void {
    const one = this.told.get(aggregateId);
    if (!one) return;
    if (type === 'RECORD_RECEIPT') one.receivedAt ??= at;
    if (type === 'ACKNOWLEDGE') one.acknowledgedAt ??= at;
    if (type === 'CONCLUDE_REFERRAL' || (type === 'GIVE_FEEDBACK' && facets['ends'] === true)) one.concludedAt ??= at;
    if (type === 'GIVE_FEEDBACK') one.feedbackAt ??= at;
    if (type === 'GIVE_FEEDBACK' && facets['outcome'] === 'mistakenIdentity') one.mistakenIdentity = true;
    if (type === 'MARK_CORRECTED' || type === 'SUSPEND_ACCESS') one.corrected = true;
    if (type === 'MARK_REINSTATED') one.corrected = false;
  }

  private figures(group: readonly Told[]): Figures {
    const count = (is: (one: Told) => boolean): number => group.filter(is).length;
    return {
      referrals: group.length,
      received: count((one) => one.receivedAt !== undefined),
      acknowledged: count((one) => one.acknowledgedAt !== undefined),
      concluded: count((one) => one.concludedAt !== undefined),
      withFeedback: count((one) => one.feedbackAt !== undefined),
      mistakenIdentity: count((one) => one.mistakenIdentity),
      corrected: count((one) => one.corrected),
      overdue: count((one) => one.dueAt !== undefined && (one.receivedAt ?? this.until) > one.dueAt),
      toRefer: took(group.map((one) => [one.createdAt, one.receivedAt])),
      toAcknowledge: took(group.map((one) => [one.receivedAt, one.acknowledgedAt])),
      toFeedback: took(group.map((one) => [one.acknowledgedAt, one.feedbackAt])),
      toConclude: took(group.map((one) => [one.acknowledgedAt, one.concludedAt])),
    };
  }
}

function took(spans: readonly (readonly [from: number | undefined, to: number | undefined])[]): Took {
  const hours = spans
    .flatMap(([from, to]) => (from === undefined || to === undefined ? [] : [(to - from) / 3_600_000]))
    .sort((a, b) => a - b);
  // The nearest rank: a figure that one of the referrals really took.
  const at = (share: number): number | null => rounded(hours[Math.max(0, Math.ceil(share * hours.length) - 1)]);
  return { count: hours.length, medianHours: at(0.5), ninthDecileHours: at(0.9), longestHours: at(1) };
}

const rounded = (hours: number | undefined): number | null =>
  hours === undefined ? null : Math.round(hours * 100) / 100;

const text = (value: unknown): string => (typeof value === 'string' ? value : 'unknown');

const COLUMNS = [
  'dimension',
  'value',
  'referrals',
  'received',
  'acknowledged',
  'concluded',
  'corrected',
  'overdue',
  'medianHoursToRefer',
  'ninthDecileHoursToRefer',
  'longestHoursToRefer',
  'medianHoursToAcknowledge',
  'medianHoursToConclude',
  'withFeedback',
  'mistakenIdentity',
  'medianHoursToFeedback',
  'complete',
  'until',
] as const;

/** The same figures as CSV (RFC 4180): a line for all, then one per kind, ground, country and authority. */
export function statisticsAsCsv(statistics: Statistics & Covered): string {
  const line = (dimension: string, value: string, f: Figures): string =>
    [
      dimension,
      value,
      ...[f.referrals, f.received, f.acknowledged, f.concluded, f.corrected, f.overdue],
      ...[f.toRefer.medianHours, f.toRefer.ninthDecileHours, f.toRefer.longestHours],
      ...[f.toAcknowledge.medianHours, f.toConclude.medianHours],
      ...[f.withFeedback, f.mistakenIdentity, f.toFeedback.medianHours],
      ...[String(statistics.complete), statistics.until],
    ]
      .map(field)
      .join(',');
  const groups = (dimension: string, by: Readonly<Record<string, Figures>>): string[] =>
    Object.entries(by).map(([value, figures]) => line(dimension, value, figures));
  return [
    COLUMNS.join(','),
    line('all', '', statistics),
    ...groups('kind', statistics.byKind),
    ...groups('ground', statistics.byGround),
    ...groups('country', statistics.byCountry),
    ...groups('authority', statistics.byAuthority),
    '',
  ].join('\r\n');
}

/** A name that a spreadsheet would take for a formula is set apart by an apostrophe. */
function field(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
