import { decidingClauses, explain } from '../explain.js';
import type { Plan, QuestionNode } from '../plan.js';
import { framesAt } from '../replay.js';
import { raisedIndicators } from '../raised.js';
import { isAsked, start, type Context, type Session } from '../session.js';
import { playInterview } from './interview.js';
import { addressKey, type Scenario } from './scenario.js';

/** Something that did not come out as expected: where it is written, and what came out instead. */
export interface Failure {
  /** JSON Pointer into the scenario file. */
  pointer: string;
  message: string;
}

export interface ScenarioOutcome {
  id: string;
  title: string;
  role: Scenario['role'];
  passed: boolean;
  failures: Failure[];
  /** Ids of the indicators raised at the end. */
  raised: string[];
  /** Ids of the questions asked, in order; with `"play": "rest"` only. */
  asked?: string[];
  /** The interview as it stands at the end. */
  session: Session;
}

/** Runs one scenario of `readScenarios` on its plan and says what did not come out as expected. */
export function runScenario(plan: Plan, scenario: Scenario): ScenarioOutcome {
  const context: Context = { child: scenario.child, language: 'en' };
  const failures: Failure[] = [];
  const { session, asked } =
    scenario.play === 'rest' ? playedWhole(plan, context, scenario, failures) : given(plan, context, scenario);
  const raised = raisedIndicators(session).map(({ id }) => id);
  checkOpenness(session, scenario, failures);
  checkIndicators(session, scenario, raised, failures);
  const most = scenario.expect.askedAtMost;
  if (asked && most !== undefined && asked.length > most)
    failures.push({
      pointer: `${scenario.pointer}/expect/askedAtMost`,
      message: `${asked.length} questions were asked, ${asked.length - most} too many; the last were ${asked.slice(most).slice(0, 8).join(', ')}`,
    });
  const { id, title, role } = scenario;
  return { id, title, role, passed: failures.length === 0, failures, raised, ...(asked && { asked }), session };
}

function given(plan: Plan, context: Context, { account }: Scenario): { session: Session; asked?: string[] } {
  const answers = [...account.answers.values()].map(({ questionId, item, value, status }) => ({
    questionId,
    ...(item.length > 0 && { item }),
    ...(status === undefined ? { value } : { status }),
  }));
  return { session: start(plan, context, answers) };
}

function playedWhole(
  plan: Plan,
  context: Context,
  { account }: Scenario,
  failures: Failure[],
): { session: Session; asked: string[] } {
  const played = playInterview(plan, context, account);
  for (const { address, message } of played.refused)
    failures.push({
      pointer: account.answers.get(addressKey(address.questionId, address.item))?.pointer ?? '',
      message: `the answer to "${address.questionId}" was not taken: ${message}`,
    });
  const asked = new Set(played.asked.map(({ questionId, item }) => addressKey(questionId, item)));
  for (const [key, { questionId, item, pointer }] of account.answers)
    if (!asked.has(key))
      failures.push({
        pointer,
        message: `"${questionId}" was never asked. ${whyOpen(played.session, questionId, item)} Take the answer away, or give the answers that open it`,
      });
  return { session: played.session, asked: played.asked.map(({ questionId }) => questionId) };
}

function checkOpenness(session: Session, { expect, pointer }: Scenario, failures: Failure[]): void {
  for (const [index, id] of (expect.open ?? []).entries())
    if (!isOpenSomewhere(session, nodeOf(session.plan, id)))
      failures.push({
        pointer: `${pointer}/expect/open/${index}`,
        message: `"${id}" is closed. ${whyOpen(session, id)}`,
      });
  for (const [index, id] of (expect.closed ?? []).entries())
    if (isOpenSomewhere(session, nodeOf(session.plan, id)))
      failures.push({
        pointer: `${pointer}/expect/closed/${index}`,
        message: `"${id}" is open. ${whyOpen(session, id)}`,
      });
}

/** Questions only: `readScenarios` refuses everything else. */
const nodeOf = (plan: Plan, id: string): QuestionNode => plan.nodes[plan.byId[id]!] as QuestionNode;

/** Every item path to a node as far as items exist; where none exists yet, the one that would be begun. */
function itemPaths(session: Session, node: QuestionNode): number[][] {
  return node.chain.reduce<number[][]>(
    (paths, repeat) =>
      paths.flatMap((path) => {
        const around = session.plan.nodes[repeat]!;
        const scopes = framesAt(session.plan, session.root, around, path)?.at(-1);
        const items = around.kind === 'repeat' ? (scopes?.items[around.itemsAt] ?? []) : [];
        const present = items.flatMap((scope, index) => (scope ? [[...path, index]] : []));
        return present.length > 0 ? present : [[...path, 0]];
      }),
    [[]],
  );
}

function isOpenSomewhere(session: Session, node: QuestionNode): boolean {
  return itemPaths(session, node).some((item) => isAsked(session, node, item));
}

/** Why a question is open or closed, as a sentence. */
function whyOpen(session: Session, id: string, item?: readonly number[]): string {
  const node = nodeOf(session.plan, id);
  const path = item ?? itemPaths(session, node)[0]!;
  const frames = framesAt(session.plan, session.root, node, path);
  // An item that does not exist has no frames; what keeps its repeat closed is then the reason.
  const shown = frames ? node : session.plan.nodes[node.chain[0] ?? node.index]!;
  return explain(session, shown, frames ?? [session.root]).sentence;
}

function checkIndicators(
  session: Session,
  { expect, pointer, twinOf }: Scenario,
  raised: readonly string[],
  failures: Failure[],
): void {
  const fail = (where: string, message: string) => void failures.push({ pointer: `${pointer}/${where}`, message });
  for (const [index, id] of (expect.raised ?? []).entries())
    if (!raised.includes(id)) fail(`expect/raised/${index}`, `"${id}" is not raised: ${because(session, id)}`);
  for (const [index, id] of (expect.silent ?? []).entries())
    if (raised.includes(id)) fail(`expect/silent/${index}`, `"${id}" is raised: ${because(session, id)}`);
  if (twinOf !== undefined && !expect.silent?.includes(twinOf) && raised.includes(twinOf))
    fail('twinOf', `"${twinOf}" is raised: ${because(session, twinOf)}`);
  if (expect.indicators) {
    for (const [index, id] of expect.indicators.entries())
      if (!raised.includes(id)) fail(`expect/indicators/${index}`, `"${id}" is not raised: ${because(session, id)}`);
    for (const id of raised)
      if (!expect.indicators.includes(id))
        fail('expect/indicators', `"${id}" is raised and not expected: ${because(session, id)}`);
  }
  for (const { id, definition } of session.plan.indicators)
    if (raised.includes(id) && expect.noSeverity?.includes(definition.severity))
      fail(
        'expect/noSeverity',
        `"${id}" is raised, and its severity is ${definition.severity}: ${because(session, id)}`,
      );
}

function because(session: Session, id: string): string {
  const { condition } = session.plan.indicators.find((one) => one.id === id)!;
  return decidingClauses(session.plan, condition, [session.root], 'en')
    .map(({ sentence }) => sentence)
    .join('; ');
}
