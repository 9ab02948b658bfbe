import { type Evidence, type Finding, lost, wrong } from './finding.js';

interface CommandRow {
  readonly key: string;
  readonly actor: string;
  readonly tx: string;
  readonly times: number;
}

/** The transaction that wrote a row of `command` is in the row itself; events name theirs. */
const COMMANDS = `
  SELECT c.key, u.username AS actor, c.xmin::text AS tx, count(*) OVER (PARTITION BY c.key)::int AS times
  FROM command c JOIN app_user u ON u.id = c.actor_id`;

/** Events that a person caused, by transaction; the low 32 bits of a transaction's number are what a row carries. */
const EVENTS = `
  SELECT (e.tx::text::numeric % 4294967296)::text AS tx, u.username AS actor, array_agg(e.type) AS types
  FROM event e JOIN app_user u ON u.id = e.actor_id GROUP BY 1, 2`;

/** Commands that write no event of their own: what they record has its history elsewhere. */
const SILENT = /\/(answers|assignments|submissions|disclosures|allegations\/[^/]+|assignments\/[^/]+\/end)$/;

/** O2: each command answered 2xx is in the chain exactly once, none answered 4xx is, and no event has no command. */
export async function checkCommands({ ask, journal, surprises, restored }: Evidence): Promise<Finding[]> {
  const findings = surprises.map((what) => wrong('O2', what));
  const rows = new Map((await ask<CommandRow>(COMMANDS)).map((row) => [row.key, row]));
  const events = new Map(
    (await ask<{ tx: string; actor: string; types: string[] }>(EVENTS)).map((row) => [row.tx, row]),
  );
  const explained = new Set<string>();
  for (const { key, actor, path, type, status, fate } of journal) {
    const row = rows.get(key);
    const name = `${type ?? path} of ${actor} (${key})`;
    rows.delete(key);
    if (row && row.times > 1) findings.push(wrong('O2', `${name} was carried out ${row.times} times`));
    if (status === undefined) findings.push(wrong('O2', `${name} has no answer`));
    else if (status >= 400 && row) findings.push(wrong('O2', `${name} was refused and is in the chain`));
    else if (fate === 'gone' && row) findings.push(wrong('O2', `${name} came after the backup and is in it`));
    else if (status < 300 && !row && fate === undefined)
      findings.push(lost('O2', `${name} was accepted and is not there`));
    if (!row) continue;
    const tx = restored?.commands.get(key) ?? row.tx;
    explained.add(tx);
    const caused = events.get(tx);
    if (!caused && !SILENT.test(path)) findings.push(lost('O2', `${name} was accepted and has no event`));
    if (caused && caused.actor !== actor) findings.push(wrong('O2', `${name} is in the chain as ${caused.actor}'s`));
    if (caused && type && !caused.types.includes(type) && !SILENT.test(path))
      findings.push(wrong('O2', `${name} is in the chain as ${caused.types.join(', ')}`));
  }
  for (const row of rows.values()) findings.push(wrong('O2', `a command nobody sent: ${row.key} of ${row.actor}`));
  for (const [tx, { actor, types }] of events)
    if (!explained.has(tx)) findings.push(wrong('O2', `events without a command: ${types.join(', ')} of ${actor}`));
  return findings;
}
