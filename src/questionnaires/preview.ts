import type { Plan } from '../domain/questionnaire/plan.js';
import { answer, start, type AnswerInput } from '../domain/questionnaire/session.js';
import { view, type SessionView } from '../domain/questionnaire/view.js';
import { InvalidInput } from '../platform/http/problem.js';

export interface PreviewRequest {
  readonly child: 'no' | 'yes' | 'unclear';
  readonly language: string;
  readonly answers: readonly AnswerInput[];
}

export interface Preview extends SessionView {
  /** Answers that would not have been taken, and why. */
  refused: { index: number; pointer: string; message: string }[];
}

const MOST = 2_000;

/** Reads `{"answers": [...], "child"?, "language"?}`. Throws InvalidInput. */
export function readPreview(body: unknown): PreviewRequest {
  const { answers = [], child = 'no', language = 'en' } = (body ?? {}) as Readonly<Record<string, unknown>>;
  const errors: { pointer: string; detail: string }[] = [];
  if (child !== 'no' && child !== 'yes' && child !== 'unclear')
    errors.push({ pointer: '/child', detail: 'must be no, yes or unclear' });
  if (typeof language !== 'string' || !/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(language))
    errors.push({ pointer: '/language', detail: 'must be a language tag such as en or ar' });
  if (!Array.isArray(answers) || answers.length > MOST)
    errors.push({
      pointer: '/answers',
      detail: `must be a list of at most ${MOST} answers, such as [{"questionId": "served", "value": true}]`,
    });
  else for (const [index, one] of (answers as unknown[]).entries()) errors.push(...wrongIn(one, `/answers/${index}`));
  if (errors.length > 0) throw new InvalidInput(errors);
  return {
    child: child as PreviewRequest['child'],
    language: language as string,
    answers: answers as AnswerInput[],
  };
}

function wrongIn(said: unknown, pointer: string): { pointer: string; detail: string }[] {
  const { questionId, item } = (said ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof questionId !== 'string') return [{ pointer: `${pointer}/questionId`, detail: 'must name the question' }];
  if (item === undefined || [item].flat().every((index) => typeof index === 'number')) return [];
  return [{ pointer: `${pointer}/item`, detail: 'must be the number of the item from 0, or a list of numbers' }];
}

/** Plays answers in order, as an officer would record them; nothing is stored. */
export function preview(plan: Plan, { child, language, answers }: PreviewRequest): Preview {
  let session = start(plan, { child, language });
  const refused: Preview['refused'] = [];
  for (const [index, said] of answers.entries()) {
    const result = answer(session, said);
    if (result.ok) session = result.session;
    else refused.push({ index, pointer: `/answers/${index}${result.pointer}`, message: result.message });
  }
  return { ...view(session), refused };
}
