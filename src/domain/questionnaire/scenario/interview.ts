import type { Plan, QuestionNode } from '../plan.js';
import { answer, isAsked, start, type Address, type AnswerInput, type Context, type Session } from '../session.js';
import { addressKey, type Account } from './scenario.js';

/** What is said where the account is silent. */
const SHORTLY: { readonly [type: string]: unknown } = {
  verbatim: { original: 'Told shortly.' },
  text: 'Told shortly.',
};

/** A whole interview, played. */
export interface Played {
  session: Session;
  /** Every question asked, in order. */
  asked: Address[];
  /** Answers the engine did not take, and why. */
  refused: { address: Address; message: string }[];
}

/** Asks what is open, in order, until everything open is answered: by the account, else shortly or "unknown". */
export function playInterview(plan: Plan, context: Context, account: Account): Played {
  const asked: Address[] = [];
  const refused: Played['refused'] = [];
  const done = new Set<string>();
  let session = start(plan, context);
  for (;;) {
    const next = nextQuestion(session, account, done);
    if (!next) return { session, asked, refused };
    const { question, item } = next;
    done.add(addressKey(question.id, item));
    const address: Address = { questionId: question.id, ...(item.length > 0 && { item }) };
    const result = answer(session, answerTo(question, address, account));
    asked.push(address);
    if (result.ok) session = result.session;
    else refused.push({ address, message: result.message });
  }
}

/** The answer of the account, else what is said where it is silent. */
function answerTo({ type }: QuestionNode, address: Address, { answers }: Account): AnswerInput {
  const given = answers.get(addressKey(address.questionId, address.item));
  if (given?.status !== undefined) return { ...address, status: given.status };
  const value = given?.value ?? SHORTLY[type];
  return value === undefined ? { ...address, status: 'unknown' } : { ...address, value };
}

interface Stop {
  question: QuestionNode;
  item: readonly number[];
}

function nextQuestion(session: Session, account: Account, done: ReadonlySet<string>): Stop | undefined {
  for (const stop of openQuestions(session, account, 0, []))
    if (!done.has(addressKey(stop.question.id, stop.item))) return stop;
  return undefined;
}

/** What is open and not calculated, in the order asked; a repeat is asked about once per item the account speaks of. */
function* openQuestions(
  session: Session,
  account: Account,
  scope: number,
  item: readonly number[],
): Generator<Stop, undefined> {
  for (const index of session.plan.scopes[scope]!) {
    const node = session.plan.nodes[index]!;
    if (node.kind === 'question') {
      if (!node.calculation && isAsked(session, node, item)) yield { question: node, item };
    } else if (node.kind === 'repeat') {
      const spoken = account.items.get(addressKey(node.id, item)) ?? 0;
      const count = Math.max(spoken, node.definition.min ?? 0);
      for (let position = 0; position < count; position++)
        yield* openQuestions(session, account, node.itemScope, [...item, position]);
    }
  }
}
