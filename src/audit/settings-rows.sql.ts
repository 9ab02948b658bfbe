/** What is held of one row of the settings: its columns as JSON, and of those what the access log may show (codes and figures). */
interface SettingsTable {
  /** Of `f1 apply`: the section that changes it. */
  readonly section: string;
  /** Not held in the first releases that record settings: nothing is known of its rows until an act has noted them. */
  readonly later?: true;
  readonly from: string;
  readonly key: string;
  readonly columns: readonly string[];
  readonly shown: readonly string[];
}

const instant = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** `column`, or `name: expression`; later releases only add rows to this list, since what was recorded covers these columns. */
const TABLES: readonly SettingsTable[] = [
  {
    section: 'authority',
    from: 'authority t',
    key: 't.code',
    columns: [
      ...['id', 'name', 'kind', 'country', 'represents', 'channel', 'endpoint', 'receipt_public_key', 'calendar'],
      ...['alert_email', 'statement_url', 'contacts', `disabled_at: ${instant('t.disabled_at')}`],
    ],
    shown: ['kind', 'country', 'represents', 'channel', 'disabled_at'],
  },
  {
    section: 'key',
    from: 'authority_key t JOIN authority a ON a.id = t.authority_id',
    key: `a.code || '/' || t.purpose || '/' || t.key_id`,
    columns: [
      'id',
      'public_key',
      ...['valid_from', 'valid_until', 'revoked_at'].map((c) => `${c}: ${instant(`t.${c}`)}`),
    ],
    shown: ['valid_from', 'valid_until', 'revoked_at'],
  },
  {
    section: 'competence',
    from: 'competence_rule t JOIN authority a ON a.id = t.authority_id',
    key: `t.id || '/' || t.version`,
    columns: [
      ...['authority: a.code', 'kinds', 'grounds', 'countries', 'act_countries', 'whereabouts', 'legal_basis'],
      ...[...['valid_from', 'valid_until'].map((c) => `${c}: to_char(t.${c}, 'YYYY-MM-DD')`)],
    ],
    shown: ['authority', 'kinds', 'grounds', 'valid_from', 'valid_until'],
  },
  {
    section: 'deadline',
    from: 'deadline_rule t',
    key: `t.kind || '/' || to_char(t.valid_from, 'YYYY-MM-DD')`,
    columns: ['amount', 'unit', 'source'],
    shown: ['amount', 'unit'],
  },
  {
    section: 'account',
    from: 'app_user t',
    key: 't.id::text',
    columns: ['username', 'unit', 'authority_id', 'roles', `disabled_at: ${instant('t.disabled_at')}`],
    shown: ['unit', 'roles', 'disabled_at'],
  },
  {
    section: 'certificate',
    from: 'certificate t',
    key: 't.id::text',
    columns: [
      ...['user_id', 'name', 'number', 'issuer'],
      ...["valid_from: to_char(t.valid_from, 'YYYY-MM-DD')", "valid_until: to_char(t.valid_until, 'YYYY-MM-DD')"],
    ],
    shown: ['user_id', 'name'],
  },
  { section: 'lead', from: 'unit_lead t', key: 't.unit', columns: ['user_id'], shown: ['user_id'] },
  {
    ...{ section: 'legal', later: true },
    from: 'legal_setting t',
    key: `t.name || '/' || to_char(t.valid_from, 'YYYY-MM-DD')`,
    columns: ['value', 'source'],
    shown: ['value'],
  },
  {
    // What is recorded of the password's hash is a hash over it and its salt: it helps nobody to guess.
    ...{ section: 'credential', later: true },
    from: 'credential t',
    key: 't.user_id::text',
    columns: ['password_hash', `changed_at: ${instant('t.changed_at')}`],
    shown: ['changed_at'],
  },
];

/** The sections that are held only from the act on that first notes their rows. */
export const HELD_LATER = TABLES.filter(({ later }) => later).map(({ section }) => section);

const json = (columns: readonly string[]): string => {
  const named = columns.map((column) => /^(\w+): (.+)$/.exec(column)?.slice(1) ?? [column, `t.${column}`]);
  return `jsonb_build_object(${named.map(([name, value]) => `'${name}', ${value}`).join(', ')})`;
};

/** Every row of the settings: `key` such as `authority/unit`, `content`, and the names of the columns that may be shown. */
export const SETTINGS_ROWS = TABLES.map(
  ({ section, from, key, columns, shown }) =>
    `SELECT '${section}/' || ${key} AS key, ${json(columns)} AS content, '{${shown.join(',')}}'::text[] AS shown FROM ${from}`,
).join(' UNION ALL ');
