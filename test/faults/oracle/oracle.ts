import { checkChains } from './chains.js';
import { checkCommands } from './commands.js';
import { checkDeadlines } from './deadlines.js';
import { checkDeliveries } from './deliveries.js';
import { checkDuties, type Counted } from './duties.js';
import { readReceiverLog } from './receiver-log.js';
import { type Evidence, type Finding, wrong } from './finding.js';

export interface Verdict extends Counted {
  readonly findings: readonly Finding[];
  readonly wireDuplicates: number;
}

/** Judges a quiet installation from outside: what it should have done, did, and says it did. Shares no code with the reconciler. */
export async function judge(evidence: Evidence): Promise<Verdict> {
  const duties = await checkDuties(evidence);
  const deliveries = await checkDeliveries(evidence);
  const findings = [...duties.findings, ...deliveries.findings];
  for (const check of rest(evidence, duties.counted)) findings.push(...(await check()));
  return { ...duties.counted, findings, wireDuplicates: deliveries.wireDuplicates };
}

/** As `judge`, but only until something is found. */
export async function findFirst(evidence: Evidence): Promise<Finding | undefined> {
  const { findings, counted } = await checkDuties(evidence);
  const checks = [
    () => Promise.resolve(findings),
    () => checkDeliveries(evidence).then((deliveries) => deliveries.findings),
    ...rest(evidence, counted),
  ];
  for (const check of checks) {
    const [found] = await check();
    if (found) return found;
  }
  return undefined;
}

/** The slowest comes last. */
const rest = (evidence: Evidence, counted: Counted): (() => Promise<Finding[]>)[] => [
  () => checkCommands(evidence),
  () => checkChains(evidence),
  () => checkDeadlines(evidence),
  () => checkReconciler(evidence, counted),
];

/** The reconciler shows no more differences than this, of each way to differ an equal share. */
const MOST_SHOWN = 1000;

/** What a receiver with a list of its own has, and an older backup took from the database. */
async function gonesAtReceiver({ ask, receiverLog, restored }: Evidence): Promise<ReadonlySet<string>> {
  if (!restored) return new Set();
  const known = await ask<{ id: string }>(
    `SELECT o.id FROM obligation o UNION SELECT a.id FROM authority a WHERE a.channel <> 'webhook'`,
  );
  const ours = new Set(known.map(({ id }) => id));
  const gone = [...readReceiverLog(receiverLog).keys()].filter((id) => {
    const authority = restored.obligations.get(id);
    return authority !== undefined && !ours.has(id) && !ours.has(authority);
  });
  return new Set(gone);
}

/** O5: the product's own reconciler counts the same, and finds what has really passed its time and nothing else. */
async function checkReconciler(evidence: Evidence, counted: Counted): Promise<Finding[]> {
  const said = await evidence.reconcile();
  const overdue = await evidence.ask<{ id: string; kind: string }>(
    `SELECT subject_id AS id, kind FROM deadline WHERE due_at < f1_now() AND met_at IS NULL AND ended_at IS NULL`,
  );
  const late = (...kinds: string[]) => new Set(overdue.filter(({ kind }) => kinds.includes(kind)).map(({ id }) => id));
  const missing = await evidence.ask<{ id: string }>(
    `SELECT q.referral_id AS id FROM referral_request q JOIN deadline d ON d.subject_id = q.id
     WHERE q.kind = 'missing' AND d.due_at < f1_now() AND d.met_at IS NULL AND d.ended_at IS NULL`,
  );
  const findings = (['causes', 'obligations', 'receipts'] as const)
    .filter((name) => said[name] !== counted[name])
    .map((name) => wrong('O5', `the reconciler counts ${said[name]} ${name}, the oracle ${counted[name]}`));
  const gone = await gonesAtReceiver(evidence);
  const right: Readonly<Record<string, ReadonlySet<string>>> = {
    overdueAcknowledgement: late('acknowledge'),
    overdueCorrectionAnswer: late('correctionAnswer'),
    overdueCorrectionDecision: late('correctionDecision', 'correctionReview'),
    overdueMissing: new Set(missing.map(({ id }) => id)),
    unknownToUs: gone,
  };
  for (const { what, obligationId, causeId } of said.differences) {
    const place = obligationId ?? causeId ?? '';
    if (!right[what]?.has(place))
      findings.push(wrong('O5', `the reconciler finds ${what} at ${place}, the oracle does not`));
  }
  for (const [what, ids] of Object.entries(right)) {
    const told = said.differences.filter((difference) => difference.what === what).length;
    if (told < Math.min(ids.size, MOST_SHOWN / 4))
      findings.push(wrong('O5', `${ids.size} are to be found as ${what}, the reconciler finds ${told}`));
  }
  return findings;
}
