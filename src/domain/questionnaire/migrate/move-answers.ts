import type { Plan } from '../plan.js';
import { findQuestion, readAnswer } from '../values.js';
import type { Destination, Mapping } from './mapping.js';

/** What stands recorded at one question and item. */
export interface Standing {
  readonly questionId: string;
  readonly item: readonly number[];
  readonly value?: unknown;
  readonly status?: string;
}

/** A revision to append, and the answer it repeats; without one it says that the question has not been asked. */
export interface Recording extends Standing {
  readonly source?: Standing;
}

export interface Lost {
  readonly questionId: string;
  readonly item: readonly number[];
  readonly reason: string;
}

/** What moving one interview's answers means: nothing is removed, only revisions are added. */
export interface Moves {
  /** Answers that stay as they are. */
  readonly kept: number;
  readonly recorded: readonly Recording[];
  /** Not part of the interview any more, though never removed. */
  readonly dropped: readonly Lost[];
  /** Answers that do not fit where the mapping sends them: nothing is moved while there is one. */
  readonly refused: readonly Lost[];
}

type Said = Pick<Standing, 'value' | 'status'>;

/** Moves the answers that stand in an interview from one plan to another, by a mapping that `checkMapping` has passed. */
export function moveAnswers(from: Plan, to: Plan, { questions }: Mapping, standing: readonly Standing[]): Moves {
  const moves = new Collected(to);
  for (const answer of standing) {
    if (!findQuestion(from, answer.questionId)) continue; // left behind by an earlier move
    const destination = questions[answer.questionId] ?? { to: answer.questionId };
    if ('dropped' in destination) moves.drop(answer, destination.dropped);
    else moves.send(answer, destination);
  }
  return moves.result();
}

class Collected {
  private kept = 0;
  private readonly recorded: Recording[] = [];
  private readonly dropped: Lost[] = [];
  private readonly refused: Lost[] = [];
  private readonly vacated: Standing[] = [];

  constructor(private readonly to: Plan) {}

  drop(answer: Standing, reason: string): void {
    this.dropped.push({ ...addressOf(answer), reason });
    this.vacated.push(answer);
  }

  send(answer: Standing, { to, codes = {} }: Extract<Destination, { to: string }>): void {
    const { said, lost } = recoded(answer, codes);
    for (const reason of lost) this.dropped.push({ ...addressOf(answer), reason });
    if (!said) {
      this.vacated.push(answer);
      return;
    }
    const message = misfitOf(this.to, to, said);
    if (message !== undefined) this.refused.push({ ...addressOf(answer), reason: message });
    else if (to === answer.questionId && said === answer) this.kept += 1;
    else this.recorded.push({ ...saidOnly(said), questionId: to, item: answer.item, source: answer });
    if (to !== answer.questionId) this.vacated.push(answer);
  }

  result(): Moves {
    const taken = new Set(this.recorded.map(keyOf));
    const emptied = this.vacated
      .filter((one) => findQuestion(this.to, one.questionId) && !taken.has(keyOf(one)))
      .map((one) => ({ ...addressOf(one), status: 'notAsked' }));
    const { kept, dropped, refused } = this;
    return { kept, recorded: [...this.recorded, ...emptied], dropped, refused };
  }
}

/** The same answer where no code of it changed. */
function recoded(
  answer: Standing,
  codes: Readonly<Record<string, string | { readonly dropped: string }>>,
): { said: Said | undefined; lost: string[] } {
  const { value } = answer;
  const lost: string[] = [];
  const next = (code: unknown): unknown[] => {
    const mapped = typeof code === 'string' ? codes[code] : undefined;
    if (typeof mapped === 'object') lost.push(mapped.dropped);
    return mapped === undefined ? [code] : typeof mapped === 'string' ? [mapped] : [];
  };
  const touched = [value].flat().some((code) => typeof code === 'string' && Object.hasOwn(codes, code));
  if (!touched) return { said: answer, lost };
  const values = [value].flat().flatMap(next);
  if (values.length === 0) return { said: undefined, lost };
  return { said: { value: Array.isArray(value) ? values : values[0] }, lost };
}

function misfitOf(plan: Plan, id: string, said: Said): string | undefined {
  const question = findQuestion(plan, id);
  if (!question) return `the next version has no question "${id}"`;
  const read = readAnswer(plan, question, saidOnly(said));
  return read.ok ? undefined : `the answer does not fit "${id}" of the next version: drop it with a reason`;
}

export const saidOnly = ({ value, status }: Said): Said => (status === undefined ? { value } : { status });
export const keyOf = ({ questionId, item }: Pick<Standing, 'questionId' | 'item'>): string =>
  `${questionId}#${item.join('.')}`;
const addressOf = ({ questionId, item }: Standing) => ({ questionId, item });
