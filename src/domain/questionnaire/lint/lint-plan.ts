import type { Plan } from '../plan.js';
import { proveChecks } from './checks.js';
import { accusedChildren, intimateQuestions } from './children.js';
import type { Finding } from './finding.js';
import { proveIndicators, provePipes } from './indicators.js';
import { proveNamed } from './named.js';
import { PlanFacts } from './plan-facts.js';
import { proveNodes } from './reachability.js';

/**
 * What can be proven about a compiled questionnaire: what is never asked and never raised, which clauses decide nothing, what a
 * child might be asked or accused of.
 */
export function lintPlan(plan: Plan): Finding[] {
  const facts = new PlanFacts(plan);
  const { findings, dead } = proveNodes(facts);
  return [
    ...findings,
    ...proveNamed(facts, dead),
    ...proveIndicators(facts, dead),
    ...proveChecks(facts, dead),
    ...provePipes(facts, dead),
    ...intimateQuestions(facts, dead),
    ...accusedChildren(facts),
  ];
}
