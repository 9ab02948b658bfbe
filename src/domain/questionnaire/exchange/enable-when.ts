import type { Literal } from '../format.js';
import { isReference } from '../operators.js';
import type { Plan, QuestionNode } from '../plan.js';
import type { EnableWhen } from './fhir-format.js';
import type { Plain } from './two-valued.js';

export interface FlatCondition {
  entries: EnableWhen[];
  behavior: 'all' | 'any';
}

/** A condition as FHIR's flat list of clauses, of which all or any must hold; nothing when it is no such list. */
export function asEnableWhen(plan: Plan, condition: Plain): FlatCondition | undefined {
  const all = clausesOf(plan, condition, 'and');
  if (all) return { entries: all, behavior: 'all' };
  const any = clausesOf(plan, condition, 'or');
  return any && { entries: any, behavior: 'any' };
}

function clausesOf(plan: Plan, condition: Plain, kind: 'and' | 'or'): EnableWhen[] | undefined {
  const one = clause(plan, condition);
  if (one) return [one];
  const parts = condition.kind === kind ? condition.parts : kind === 'or' ? alternatives(condition) : undefined;
  if (!parts) return undefined;
  const entries: EnableWhen[] = [];
  for (let index = 0; index < parts.length; index++) {
    const pair = kind === 'and' ? otherAnswer(plan, parts.slice(index, index + 2)) : undefined;
    const found = pair ? [pair] : clausesOf(plan, parts[index]!, kind);
    if (!found) return undefined;
    if (pair) index++;
    entries.push(...found);
  }
  return entries;
}

/** "One of these" is a list of alternatives; "not this" is no answer, or another one. */
function alternatives(condition: Plain): Plain[] | undefined {
  if (condition.kind === 'is') return condition.values.map((value) => ({ ...condition, values: [value] }));
  if (condition.kind !== 'not' || condition.part.kind !== 'is' || condition.part.values.length !== 1) return undefined;
  const answered: Plain = { kind: 'answered', question: condition.part.question };
  return [
    { kind: 'not', part: answered },
    { kind: 'and', parts: [answered, condition] },
  ];
}

/** A single clause. */
function clause(plan: Plan, condition: Plain): EnableWhen | undefined {
  const node = (index: number) => plan.nodes[index] as QuestionNode;
  if (condition.kind === 'answered') return exists(node(condition.question), true);
  if (condition.kind === 'not' && condition.part.kind === 'answered')
    return exists(node(condition.part.question), false);
  if (condition.kind === 'is' && condition.values.length === 1)
    return {
      question: node(condition.question).id,
      operator: '=',
      ...answer(node(condition.question), condition.values[0]!),
    };
  if (condition.kind === 'order') {
    const { id } = node(condition.question);
    return { question: id, operator: condition.order, ...answer(node(condition.question), condition.value) };
  }
  return condition.kind === 'and' ? otherAnswer(plan, condition.parts) : undefined;
}

/** "Answered, and not this": FHIR's "!=" holds when there is an answer and it is another one. */
function otherAnswer(plan: Plan, [first, second, ...more]: readonly Plain[]): EnableWhen | undefined {
  if (more.length > 0 || first?.kind !== 'answered' || second?.kind !== 'not' || second.part.kind !== 'is')
    return undefined;
  const { question, values } = second.part;
  const about = plan.nodes[question] as QuestionNode;
  if (question !== first.question || values.length !== 1 || about.type === 'multiChoice') return undefined;
  return { question: about.id, operator: '!=', ...answer(about, values[0]!) };
}

const exists = ({ id }: QuestionNode, answerBoolean: boolean): EnableWhen => ({
  question: id,
  operator: 'exists',
  answerBoolean,
});

function answer({ type, definition }: QuestionNode, value: Literal): Partial<EnableWhen> {
  if (typeof value === 'boolean') return { answerBoolean: value };
  if (typeof value === 'number')
    return type === 'integer' || definition.integer === true ? { answerInteger: value } : { answerDecimal: value };
  return type === 'choice' || type === 'multiChoice' || isReference(type)
    ? { answerCoding: { code: value } }
    : { answerDate: value };
}
