import { failedChecks, type FailedCheck } from './checks.js';
import type { Plan, QuestionNode, RepeatNode } from './plan.js';
import { didYouMean } from './problems.js';
import { raisedIndicators } from './raised.js';
import { Replay, framesAt, type Address, type Context } from './replay.js';
import type { AnswerValue, Recorded, Scope, Status } from './scope.js';
import { findQuestion, readAnswer } from './values.js';

export type { Address, Context } from './replay.js';

/**
 * One interview as the engine sees it: answers, what is open, which indicators are raised. Never changed; every answer gives a
 * new one that shares what stayed the same. An interview has one session; for several packs, `compile` makes one plan of them.
 */
export interface Session {
  readonly plan: Plan;
  readonly context: Context;
  readonly root: Scope;
  /** Per indicator of the plan: not raised, raised because it may be so, or because it is so (see trit.ts). */
  readonly raised: Uint8Array;
}

/**
 * An answer as sent. `item` is needed inside repeats: the number of the item from 0, or for repeats in repeats the path `[0, 1]`.
 * An item begins to exist with the first thing recorded in it.
 */
export interface AnswerInput {
  questionId: string;
  item?: number | readonly number[];
  value?: unknown;
  status?: unknown;
}

/** What an answer changed. */
export interface Consequences {
  opened: Address[];
  closed: Address[];
  /** Ids of indicators. */
  raised: string[];
  cleared: string[];
}

export type RefusalCode = 'unknownQuestion' | 'badItem' | 'badValue' | 'notOpen' | 'calculated' | 'checkFailed';
/** Why an answer was not taken, with a JSON Pointer into the input. */
export interface Refusal {
  ok: false;
  code: RefusalCode;
  pointer: string;
  message: string;
}
export type AnswerResult =
  | ({
      ok: true;
      session: Session;
      recorded: Recorded;
      address: Address;
      /** Checks of the question and of the items around it that fail now. */
      failed: FailedCheck[];
    } & Consequences)
  | Refusal;

const refusal = (code: RefusalCode, pointer: string, message: string): Refusal => ({
  ok: false,
  code,
  pointer,
  message,
});

/** Begins an interview, or takes it up again with the answers recorded so far; throws when one of those does not fit the plan. */
export function start(plan: Plan, context: Context, answers: readonly AnswerInput[] = []): Session {
  const replay = new Replay(plan, context, undefined, undefined);
  for (const input of answers) {
    const found = locate(plan, input);
    const read = found.ok ? readAnswer(plan, found.question, input) : found;
    if (!found.ok || !read.ok)
      throw new Error(
        `a recorded answer to "${input.questionId}" does not fit its plan ${plan.hash}: ${(read as Refusal).message}`,
      );
    replay.load(found.question, found.item, read.recorded);
  }
  replay.evaluateAll();
  return { plan, context, root: replay.root, raised: replay.raised };
}

/** The full pass over all answers: what `answer` reaches step by step. The oracle of tests, and the way back into an interview. */
export const evaluate = start;

/** The open question that somebody is being asked, or why it is not asked now. */
export function findOpen(session: Session, input: Pick<AnswerInput, 'questionId' | 'item'>): OpenQuestion | Refusal {
  const found = locate(session.plan, input);
  if (!found.ok) return found;
  if (found.question.calculation)
    return refusal('calculated', '/questionId', `"${input.questionId}" is calculated from other answers; change those`);
  if (!isAsked(session, found.question, found.item))
    return refusal(
      'notOpen',
      '/questionId',
      `"${input.questionId}" is not open now; answer the questions before it first, or reload the interview`,
    );
  return found;
}

export interface OpenQuestion extends Located {
  ok: true;
}

/** Takes an answer to an open question that fails no check for an error, or says why not. */
export function answer(session: Session, input: AnswerInput): AnswerResult {
  const found = findOpen(session, input);
  if (!found.ok) return found;
  const taken = record(session, input);
  if (!taken.ok) return taken;
  const error = newError(session, taken, found);
  return error ? refusal('checkFailed', input.status === undefined ? '/value' : '/status', error.message) : taken;
}

/** An error that this answer makes: one of its own, or one of its item that did not fail before. */
function newError(before: Session, { failed }: { failed: FailedCheck[] }, at: Located) {
  const errors = failed.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return undefined;
  const key = ({ of, id }: FailedCheck) => `${of}/${id}`;
  const earlier = new Set(failedAround(before, at).map(key));
  return errors.find((one) => one.of === at.question.id || !earlier.has(key(one)));
}

/** What fails on a question and in the items around it. */
function failedAround(session: Session, { question, item }: Located): FailedCheck[] {
  const { plan, root } = session;
  const nodes = [question, ...question.chain.map((index) => plan.nodes[index] as RepeatNode)];
  if (nodes.every(({ checks }) => checks.length === 0)) return [];
  const frames = framesAt(plan, root, question, item);
  if (!frames) return [];
  return nodes.flatMap((node) =>
    failedChecks(session, node, node.kind === 'question' ? frames : frames.slice(0, node.chain.length + 2)),
  );
}

interface Located {
  question: QuestionNode;
  item: readonly number[];
}

/** Takes an answer whether or not its question is open; the answer of a closed question is kept and counts as not asked. */
export function record(session: Session, input: AnswerInput): AnswerResult {
  const found = locate(session.plan, input);
  if (!found.ok) return found;
  const read = readAnswer(session.plan, found.question, input, session.context.language);
  if (!read.ok) return refusal('badValue', read.pointer, read.message);
  const changed = change(session, found.question, found.item, read.recorded);
  return {
    ...changed,
    failed: failedAround(changed.session, found),
    recorded: read.recorded,
    address: addressOf(found),
  };
}

/** Takes an answer away, as if it had never been recorded. */
export function remove(
  session: Session,
  at: Pick<AnswerInput, 'questionId' | 'item'>,
): ({ ok: true; session: Session } & Consequences) | Refusal {
  const found = locate(session.plan, at);
  if (found.ok && found.question.calculation)
    return refusal('calculated', '/questionId', `"${at.questionId}" is calculated; there is no answer to take away`);
  return found.ok ? change(session, found.question, found.item, undefined) : found;
}

/** The same interview under another context, for example once the age is established. */
export function withContext(session: Session, context: Context): Session {
  const replay = new Replay(session.plan, context, session.root, session.raised);
  replay.evaluateAll();
  return { ...session, context, root: replay.root, raised: replay.raised };
}

/** Whether a question is open; for an item that does not exist yet, whether it would be open in a new one. */
export function isAsked(session: Session, question: QuestionNode, item: readonly number[]): boolean {
  const { plan, context, root, raised } = session;
  const frames = framesAt(plan, root, question, item);
  if (frames) return frames.at(-1)!.open[question.slot] === 1;
  const trial = new Replay(plan, context, root, raised);
  return trial.probe(question, item);
}

/** What is recorded for a question, open or not. */
export function recordedAt(
  session: Session,
  question: QuestionNode,
  item: readonly number[] = [],
): Recorded | undefined {
  return framesAt(session.plan, session.root, question, item)?.at(-1)!.answers[question.slot];
}

/** Every recorded answer, in the order of the plan and of the items; what is calculated from them is not among them. */
export function answersOf({
  plan,
  root,
}: Session): { questionId: string; item?: readonly number[]; value?: AnswerValue; status?: Status }[] {
  const found: {
    order: number;
    entry: { questionId: string; item?: readonly number[]; value?: AnswerValue; status?: Status };
  }[] = [];
  const walk = (scope: Scope, kind: number, item: readonly number[]): void => {
    for (const index of plan.scopes[kind]!) {
      const node = plan.nodes[index]!;
      const recorded = scope.answers[node.slot];
      if (recorded && !(node.kind === 'question' && node.calculation))
        found.push({
          order: index,
          entry: { questionId: node.id, ...(item.length > 0 && { item }), ...withoutReading(recorded) },
        });
      if (node.kind === 'repeat')
        for (const [position, inner] of scope.items[node.itemsAt]!.entries())
          if (inner) walk(inner, node.itemScope, [...item, position]);
    }
  };
  walk(root, 0, []);
  return found.sort((a, b) => a.order - b.order).map(({ entry }) => entry);
}

function withoutReading({ value, status }: Recorded): { value?: AnswerValue; status?: Status } {
  return status !== undefined ? { status } : { value: value! };
}

function change(
  session: Session,
  question: QuestionNode,
  item: readonly number[],
  recorded: Recorded | undefined,
): { ok: true; session: Session } & Consequences {
  const { plan, context } = session;
  const replay = new Replay(plan, context, session.root, session.raised);
  replay.change(question, item, recorded);
  const after: Session = { plan, context, root: replay.root, raised: replay.raised };
  return { ok: true, session: after, ...net(replay.opened, replay.closed), ...standingChanges(session, after) };
}

/** Which indicators began to stand, and which no longer do. */
function standingChanges(before: Session, after: Session): Pick<Consequences, 'raised' | 'cleared'> {
  if (before.raised === after.raised) return { raised: [], cleared: [] };
  const [earlier, now] = [before, after].map((one) => raisedIndicators(one).map(({ id }) => id));
  return {
    raised: now!.filter((id) => !earlier!.includes(id)),
    cleared: earlier!.filter((id) => !now!.includes(id)),
  };
}

/** A question that opened and closed again within one change did neither. */
function net(opened: Address[], closed: Address[]): { opened: Address[]; closed: Address[] } {
  if (opened.length === 0 || closed.length === 0) return { opened, closed };
  const key = ({ questionId, item }: Address) => `${questionId}/${item?.join('.') ?? ''}`;
  const [was, is] = [new Set(closed.map(key)), new Set(opened.map(key))];
  return { opened: opened.filter((one) => !was.has(key(one))), closed: closed.filter((one) => !is.has(key(one))) };
}

const addressOf = ({ question, item }: { question: QuestionNode; item: readonly number[] }): Address => ({
  questionId: question.id,
  ...(item.length > 0 && { item }),
});

/** Finds the question and the item an input names. */
function locate(
  plan: Plan,
  { questionId, item }: Pick<AnswerInput, 'questionId' | 'item'>,
): { ok: true; question: QuestionNode; item: readonly number[] } | Refusal {
  const question = findQuestion(plan, questionId);
  if (!question)
    return refusal(
      'unknownQuestion',
      '/questionId',
      `this questionnaire has no question "${questionId}".${didYouMean(questionId, Object.keys(plan.byId))}`,
    );
  const path = item === undefined ? [] : typeof item === 'number' ? [item] : item;
  const { chain } = question;
  if (path.length !== chain.length) {
    const repeats = chain.map((index) => `"${plan.nodes[index]!.id}"`).join(' and ');
    return refusal(
      'badItem',
      '/item',
      chain.length === 0
        ? `"${questionId}" is asked once; leave "item" out`
        : `"${questionId}" is asked per item of ${repeats}; send "item" with ${chain.length} number${chain.length > 1 ? 's' : ''} from 0`,
    );
  }
  for (const [depth, index] of path.entries()) {
    const repeat = plan.nodes[chain[depth]!]!;
    const max = repeat.kind === 'repeat' ? repeat.max : 0;
    if (!Number.isInteger(index) || index < 0 || index >= max)
      return refusal('badItem', '/item', `items of "${repeat.id}" are numbered from 0 to ${max - 1}`);
  }
  return { ok: true, question, item: path };
}
