import type pg from 'pg';
import { canonical, sha256 } from '../platform/database/sealing.js';
import type { Ask } from './audit-findings.js';
import { type OperatorAct, recordOperatorAct } from './operator-act.js';
import { HELD_LATER, SETTINGS_ROWS } from './settings-rows.sql.js';

export const SETTINGS = 'settings';

interface SettingsRow {
  readonly sha256: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly shown: readonly string[];
}

/** What an act says of one row: the hash of what it holds from then on, null where it is gone, and what may be shown of the change. */
export interface RecordedRow {
  readonly sha256: string | null;
  /** Names of the columns that were changed; none of a row that is new, gone, or only noted. */
  readonly changed?: readonly string[];
  readonly to?: Readonly<Record<string, unknown>>;
}

/** The rows that decide who is told what and when, and who may do what, by keys such as `authority/unit`. */
export async function settingsRows(ask: Ask): Promise<Map<string, SettingsRow>> {
  const rows = await ask<{ key: string; content: Record<string, unknown>; shown: string[] }>(SETTINGS_ROWS);
  return new Map(
    rows.map(({ key, content, shown }) => [
      key,
      { sha256: sha256(canonical(content)).toString('hex'), content, shown },
    ]),
  );
}

/**
 * Does what changes settings, as the owner and one at a time, and records what `actOf` names with each row that was changed and the hash
 * of what it holds now; the first act notes all rows there are, and the first of a later release those of a section that is held since
 * then. What is changed past it by SQL is in no act, and the verification names it. Undefined records nothing.
 */
export async function recordingSettings<T>(
  owner: pg.ClientBase,
  work: () => Promise<T>,
  actOf: (done: T) => Pick<OperatorAct, 'actorId' | 'action' | 'detail'> | undefined,
): Promise<T> {
  const { ask, before, number, recorded } = await begin(owner);
  const done = await work();
  const act = actOf(done);
  if (!act) return done;
  const rows = differences(before, await settingsRows(ask), recorded);
  await recordOperatorAct(owner, { ...act, resource: SETTINGS, detail: { ...act.detail, number, rows } });
  return done;
}

/**
 * As `recordingSettings`, for what an installation puts in by itself: recorded only after a first act, and where something changed or is
 * noted for the first time.
 */
export async function notingSettings(owner: pg.ClientBase, action: string, work: () => Promise<void>): Promise<void> {
  const { ask, before, number, recorded } = await begin(owner);
  await work();
  if (number === 1) return;
  const rows = differences(before, await settingsRows(ask), recorded);
  if (Object.keys(rows).length === 0) return;
  await recordOperatorAct(owner, { actorId: null, action, resource: SETTINGS, detail: { number, rows } });
}

async function begin(owner: pg.ClientBase) {
  const ask: Ask = async <R extends object>(text: string, values?: unknown[]) =>
    (await owner.query<R>(text, values)).rows;
  await owner.query(`SELECT pg_advisory_xact_lock(hashtext('f1 apply'))`);
  const [last] = await ask<{ number: number | null }>(
    `SELECT max((detail ->> 'number')::int) AS number FROM access_log WHERE ${RECORDED}`,
  );
  return { ask, before: await settingsRows(ask), number: (last?.number ?? 0) + 1, recorded: await recordedRows(ask) };
}

const RECORDED = `resource = '${SETTINGS}' AND outcome = 'done' AND detail ? 'rows'`;

/** What the acts say that each row holds; undefined where nothing was recorded yet. */
export async function recordedRows(ask: Ask): Promise<Map<string, string | null> | undefined> {
  const acts = await ask<{ rows: Record<string, RecordedRow> }>(
    `SELECT detail -> 'rows' AS rows FROM access_log WHERE ${RECORDED} ORDER BY (detail ->> 'number')::int, at`,
  );
  if (acts.length === 0) return undefined;
  return new Map(
    acts.flatMap(({ rows }) =>
      Object.entries(rows).map(([key, { sha256: hash }]): [string, string | null] => [key, hash]),
    ),
  );
}

/** Whether the acts cover the section of a key, so that a row they do not name came past them. */
export function isHeld(key: string, recorded: ReadonlyMap<string, string | null>): boolean {
  const section = key.slice(0, key.indexOf('/'));
  return !HELD_LATER.includes(section) || [...recorded.keys()].some((known) => known.startsWith(`${section}/`));
}

function differences(
  before: ReadonlyMap<string, SettingsRow>,
  after: ReadonlyMap<string, SettingsRow>,
  recorded: ReadonlyMap<string, string | null> | undefined,
): Record<string, RecordedRow> {
  const rows: Record<string, RecordedRow> = {};
  for (const [key, row] of after) {
    const was = before.get(key);
    if (!was) rows[key] = { sha256: row.sha256, to: shownOf(row, row.shown) };
    else if (was.sha256 !== row.sha256) {
      const changed = Object.keys(row.content).filter(
        (name) => canonical(row.content[name]) !== canonical(was.content[name]),
      );
      rows[key] = { sha256: row.sha256, changed, to: shownOf(row, changed) };
    } else if (!recorded || !isHeld(key, recorded)) rows[key] = { sha256: row.sha256 };
  }
  for (const key of before.keys()) if (!after.has(key)) rows[key] = { sha256: null };
  return rows;
}

const shownOf = ({ content, shown }: SettingsRow, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.filter((name) => shown.includes(name)).map((name) => [name, content[name]]));
