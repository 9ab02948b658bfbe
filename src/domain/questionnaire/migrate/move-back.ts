import type { Plan } from '../plan.js';
import { findQuestion, readAnswer } from '../values.js';
import type { Mapping } from './mapping.js';
import { keyOf, type Lost, type Moves, type Recording, saidOnly, type Standing } from './move-answers.js';

/** One revision, and when it was recorded: before the interview was moved, by the move itself, or since. */
export interface Revision extends Standing {
  readonly when: 'before' | 'move' | 'since';
}

/**
 * Takes a move back: every question of the former version stands again as it stood before, or as it was answered since where that
 * can be said in the words of the former version. `revisions` are all there are, oldest first.
 */
export function moveBack(former: Plan, { questions }: Mapping, revisions: readonly Revision[]): Moves {
  const last = new Map(revisions.map((one) => [keyOf(one), one]));
  const before = new Map(revisions.filter(({ when }) => when === 'before').map((one) => [keyOf(one), one]));
  const since = new Map(revisions.filter(({ when }) => when === 'since').map((one) => [keyOf(one), one]));
  const backTo = new Map(
    former.nodes.flatMap(({ kind, id }) => {
      const destination = questions[id] ?? { to: id };
      return kind === 'question' && 'to' in destination ? [[destination.to, id] as const] : [];
    }),
  );
  let kept = 0;
  const recorded: Recording[] = [];
  const dropped: Lost[] = [];
  const wanted = new Map<string, Standing | undefined>();
  for (const one of [...before.values(), ...last.values()])
    if (findQuestion(former, one.questionId)) wanted.set(keyOf(one), before.get(keyOf(one)));
  for (const one of since.values()) {
    const { item } = one;
    const questionId = backTo.get(one.questionId);
    const said = questionId === undefined ? undefined : asBefore(former, questionId, one, questions[questionId]);
    if (questionId !== undefined && said) wanted.set(keyOf({ questionId, item }), { ...said, questionId, item });
    else dropped.push({ questionId: one.questionId, item, reason: 'the former version cannot hold this answer' });
  }
  for (const [key, answer] of wanted) {
    const now = last.get(key);
    if (answer && now && sameSaid(answer, now)) kept += 1;
    else if (answer) recorded.push({ ...saidOnly(answer), ...addressOf(answer), source: answer });
    else if (now && now.status !== 'notAsked') recorded.push({ ...addressOf(now), status: 'notAsked' });
  }
  return { kept, recorded, dropped, refused: [] };
}

/** What was answered since, in the codes of the former version; undefined where it has none for it. */
function asBefore(
  former: Plan,
  id: string,
  { value, status }: Standing,
  destination: Mapping['questions'][string] | undefined,
): Pick<Standing, 'value' | 'status'> | undefined {
  const codes = destination && 'to' in destination ? Object.entries(destination.codes ?? {}) : [];
  const back = (code: unknown): unknown => codes.find(([, next]) => next === code)?.[0] ?? code;
  const said = status === undefined ? { value: Array.isArray(value) ? value.map(back) : back(value) } : { status };
  return readAnswer(former, findQuestion(former, id)!, said).ok ? said : undefined;
}

const addressOf = ({ questionId, item }: Standing) => ({ questionId, item });
const sameSaid = (one: Standing, other: Standing): boolean =>
  JSON.stringify(saidOnly(one)) === JSON.stringify(saidOnly(other));
