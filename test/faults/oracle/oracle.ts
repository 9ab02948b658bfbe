import { checkChains } from './chains.js';
import { checkCommands } from './commands.js';
import { checkDeadlines } from './deadlines.js';
import { checkDeliveries } from './deliveries.js';
import { checkDuties, type Counted } from './duties.js';
import { type Evidence, type Finding, wrong } from './finding.js';

export interface Verdict extends Counted {
  readonly findings: readonly Finding[];
  readonly wireDuplicates: number;
}

/** Judges a quiet installation from outside: what it should have done, did, and says it did. Shares no code with the reconciler. */
export async function judge(evidence: Evidence): Promise<Verdict> {
  const duties = await checkDuties(evidence);
  const deliveries = await checkDeliveries(evidence);
  const findings = [
    ...duties.findings,
    ...(await checkCommands(evidence)),
    ...(await checkChains(evidence)),
    ...deliveries.findings,
    ...(await checkReconciler(evidence, duties.counted)),
    ...(await checkDeadlines(evidence)),
  ];
  return { ...duties.counted, findings, wireDuplicates: deliveries.wireDuplicates };
}

/** O5: the product's own reconciler counts the same, and finds what has really passed its time and nothing else. */
async function checkReconciler(evidence: Evidence, counted: Counted): Promise<Finding[]> {
  const said = await evidence.reconcile();
  const overdue = await evidence.ask<{ id: string }>(
    `SELECT subject_id AS id FROM deadline WHERE kind = 'acknowledge' AND due_at < f1_now() AND met_at IS NULL AND ended_at IS NULL`,
  );
  const late = new Set(overdue.map(({ id }) => id));
  const findings = (['causes', 'obligations', 'receipts'] as const)
    .filter((name) => said[name] !== counted[name])
    .map((name) => wrong('O5', `the reconciler counts ${said[name]} ${name}, the oracle ${counted[name]}`));
  for (const { what, obligationId } of said.differences)
    if (what !== 'overdueAcknowledgement' || !late.has(obligationId ?? ''))
      findings.push(wrong('O5', `the reconciler finds ${what} at ${obligationId}, the oracle does not`));
  const told = said.differences.filter(({ what }) => what === 'overdueAcknowledgement').length;
  if (told < Math.min(late.size, 1000))
    findings.push(wrong('O5', `${late.size} acknowledgements are overdue, the reconciler finds ${told}`));
  return findings;
}
