import { timeInWords } from '../domain/referral/time-in-words.js';
import type { Difference } from './difference.js';
import type { AuthorityList, Reconciliation } from './reconciler.service.js';
import type { StoredReconciliation } from './reconciliations.store.js';

type ListTold = Omit<AuthorityList, 'entries' | 'unmatched'> & Partial<Pick<AuthorityList, 'entries' | 'unmatched'>>;

/** As signed; one from before lists, or what is closed, were told of has none, or not what is in them. */
type Told = Omit<Reconciliation, 'lists' | 'closedAsBlocked' | 'recalled'> & {
  readonly lists?: readonly ListTold[];
  readonly closedAsBlocked?: Reconciliation['closedAsBlocked'];
  readonly recalled?: Reconciliation['recalled'];
};

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}caption{text-align:left;font-weight:600;padding:.3rem 0}
th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #767676;vertical-align:top}
.verdict{font-size:1.25rem;font-weight:600;padding:.6rem 1rem;border-left:.5rem solid}.whole{border-color:#0b6623}.broken{border-color:#a30000}
code,pre{font:.85rem/1.4 ui-monospace,monospace;overflow-wrap:anywhere;white-space:pre-wrap}`;

/** One is kept every hour even where nothing changes: after this the worker is away. */
const STALE_AFTER_MS = 75 * 60_000;

/** The newest reconciliation for people in a time zone to read: ids, counts and times, no script, nothing personal. */
export function reconciliationPage(stored: StoredReconciliation | undefined, now: Date, zone: string): string {
  if (!stored)
    return page('No reconciliation yet', '<p>Nothing was reconciled yet: a worker does it when it starts.</p>');
  const told = JSON.parse(stored.statement) as Told;
  const title = told.ok ? 'Every duty to tell is met or in time' : 'Duties to tell are not met';
  return page(
    title,
    `<p class="verdict ${told.ok ? 'whole' : 'broken'}">${title}</p>
<p>As of <time datetime="${told.at}">${timeInWords(Date.parse(told.at), zone)}</time>. ${told.inFlight} on the way and in time. ${chainsSaid(told.chains)}</p>
${now.getTime() - stored.at.getTime() > STALE_AFTER_MS ? `<p class="verdict broken">This is old: nothing was reconciled since. See that a worker runs.</p>` : ''}
${table(
  'By kind',
  ['Kind', 'Verdict', 'Causes', 'Obligations', 'Receipts', 'On the way', 'Differences'],
  Object.entries(told.kinds).map(([kind, one]) => [
    kind,
    one.ok ? 'whole' : 'not whole',
    ...[one.causes, one.obligations, one.receipts, one.inFlight, one.differences.length + (one.notListed ?? 0)],
  ]),
)}
${differencesTable(told.differences, told.notListed ?? 0)}
${closedTable(told.closedAsBlocked ?? [])}
${recalledTable(told.recalled ?? [])}
${listsTable(told.lists, zone)}
<h2>Check it yourself</h2>
<p>The statement below is signed with the key <code>${escaped(stored.key_id)}</code> (Ed25519). How to check it with openssl alone, and what
each difference means, is in <code>docs/guides/proof.md</code>.</p>
<h3>Signature, base64</h3><pre>${stored.signature.toString('base64')}</pre>
<h3>Statement</h3><pre>${escaped(stored.statement)}</pre>`,
  );
}

const chainsSaid = (chains: Told['chains']): string =>
  chains === null
    ? 'The chains of events were not held against the state this time.'
    : chains.length === 0
      ? 'Every chain of events folds to the state.'
      : `These chains do not fold to the state: ${chains.map(escaped).join(', ')}.`;

function differencesTable(differences: readonly Difference[], notListed: number): string {
  if (differences.length === 0) return '<p>No differences.</p>';
  const rows = differences.map(({ what, kind, authority, obligationId, causeId }) => [
    what,
    ...[kind, authority, obligationId, causeId].map((one) => one ?? '–'),
  ]);
  const more = notListed > 0 ? `<p>${notListed} more are not listed.</p>` : '';
  return table('Differences', ['What', 'Kind', 'Authority', 'Obligation', 'Cause'], rows) + more;
}

function closedTable(closed: Reconciliation['closedAsBlocked']): string {
  if (closed.length === 0) return '';
  const rows = closed.map(({ obligationId, kind, authority, causeId, received }) => [
    ...[obligationId, kind, authority, causeId].map((one) => one ?? '–'),
    received ? 'yes' : 'no',
  ]);
  return table(
    'Closed by two persons, because the file bars the recipient',
    ['Obligation', 'Kind', 'Authority', 'Cause', 'Received before'],
    rows,
  );
}

function recalledTable(recalled: Reconciliation['recalled']): string {
  if (recalled.length === 0) return '';
  const rows = recalled.map(({ obligationId, kind, authority, causeId, correctionId }) =>
    [obligationId, kind, authority, causeId, correctionId].map((one) => one ?? '–'),
  );
  return table(
    'Called back by a correction before it was received',
    ['Obligation', 'Kind', 'Authority', 'Cause', 'Correction'],
    rows,
  );
}

function listsTable(lists: Told['lists'], zone: string): string {
  if (lists === undefined || lists.length === 0) return '';
  const said = (instant: string): string => timeInWords(Date.parse(instant), zone);
  const rows = lists.map(({ authority, expected, at, entries, unmatched, failure }) => [
    authority,
    expected ? 'yes' : 'no',
    at === null ? 'none' : said(at),
    entries ?? '–',
    unmatched?.map(({ what, number }) => `${what} ${number}`).join(', ') || '–',
    failure ? `${said(failure.at)}: ${failure.reason}` : '–',
  ]);
  return table(
    'What authorities list themselves',
    ['Authority', 'Asked for', 'Newest list', 'Entries', 'Not matching', 'Last failure'],
    rows,
  );
}

function table(caption: string, heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cell = (one: string | number, index: number): string => {
    if (index === 0) return `<th scope="row">${escaped(String(one))}</th>`;
    return `<td>${escaped(String(one))}</td>`;
  };
  const head = heads.map((one) => `<th scope="col">${one}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n');
  return `<table><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${STYLE}</style></head>
<body><main><h1>Reconciliation</h1>
${body}
</main></body></html>
`;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => ENTITIES[one]!);
