/** Rows of one kind and the events that tell of them, both as SQL, so that each can be held against the other. */
export interface RowKind {
  readonly table: string;
  /** Selects `id`, `of` (the aggregate), `at`, `actor` and `says`; one of these rows per event. */
  readonly rows: string;
  readonly events: {
    /** Which of the events. */
    readonly which: string;
    /** Default: the aggregate in whose chain it stands. */
    readonly of?: string;
    /** Default: who acted. NULL where the row does not name a person. */
    readonly actor?: string;
    /** What the row must say as well. */
    readonly says?: string;
    /** Of these events a row may be missing. */
    readonly optional?: string;
  };
}

/** The rows of a table, in the shape of a kind. */
export const row = (
  columns: { id?: string; of: string; at: string; actor?: string; says?: string },
  from: string,
): string =>
  `SELECT ${columns.id ?? 'id'}::text AS id, ${columns.of} AS "of", ${columns.at} AS at, ${columns.actor ?? 'NULL::uuid'} AS actor,
     ${columns.says ?? `''`} AS says FROM ${from}`;

/** The events of these names in chains of one kind. */
export const types = (
  kind: 'case' | 'interview' | 'referral' | 'questionnaire' | 'request',
  ...names: string[]
): string => `aggregate_kind = '${kind}' AND type IN (${names.map((name) => `'${name}'`).join(', ')})`;

/** What one person asked to take back of a case, and another one took back. */
export const takenBack = (table: string, name: string): readonly RowKind[] => [
  {
    table,
    rows: row(
      { of: 'case_id', at: 'withdrawal_asked_at', actor: 'withdrawal_asked_by' },
      `${table} WHERE withdrawal_asked_at IS NOT NULL`,
    ),
    // What was refused or taken back is asked no longer.
    events: { which: types('case', `ASK_${name}_WITHDRAWAL`), optional: 'true' },
  },
  {
    table,
    rows: row({ of: 'case_id', at: 'withdrawn_at', actor: 'withdrawn_by' }, `${table} WHERE withdrawn_at IS NOT NULL`),
    events: { which: types('case', `WITHDRAW_${name}`) },
  },
];

export const NOBODY = 'NULL::uuid';
/** The word that stands for the type of an event. */
export const saying = (said: Readonly<Record<string, string>>): string =>
  `CASE type ${Object.entries(said)
    .map(([type, word]) => `WHEN '${type}' THEN '${word}'`)
    .join(' ')} END`;
