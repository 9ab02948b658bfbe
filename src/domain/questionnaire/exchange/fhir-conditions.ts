import type { Condition, Literal, Question } from '../format.js';
import { isNumber } from '../operators.js';
import { EXTENSIONS, type EnableWhen, type FhirItem } from './fhir-format.js';
import type { JsonParts } from './fhir-parts.js';
import { allOf, anyOf, type Known } from './xpath-names.js';

/** Where a condition stands and what it may look at. */
export interface ItemSite {
  parts: JsonParts;
  known: ReadonlyMap<string, Known>;
  chain: readonly string[];
}

const ORDERS = { '<': 'below', '<=': 'atMost', '>': 'above', '>=': 'atLeast' } as const;

/** The `enableWhen` of an item; one that leaves a clause unreadable is left out whole, and listed. */
export function importEnableWhen(
  item: FhirItem,
  pointer: string,
  site: ItemSite,
): Pick<Question, 'when' | 'ifUnclear'> {
  const clauses = item.enableWhen ?? [];
  if (clauses.length === 0) return {};
  const read = clauses.map((one) => clauseOf(one, site));
  const wrong = read.flatMap((one) => (typeof one === 'string' ? [one] : []));
  if (wrong.length > 0) {
    site.parts.list(`${pointer}/enableWhen`, `${wrong[0]}; the whole condition was left out`);
    site.parts.list(`${pointer}/enableBehavior`, 'its conditions were left out');
    return {};
  }
  site.parts.take(`${pointer}/enableWhen`);
  site.parts.take(`${pointer}/enableBehavior`);
  const conditions = read as Condition[];
  return { when: item.enableBehavior === 'any' ? anyOf(conditions) : allOf(conditions), ifUnclear: 'closed' };
}

/** FHIR's clauses hold only of an answer that is there, which is what "closed when unclear" says. */
function clauseOf(clause: EnableWhen, { known, chain }: ItemSite): Condition | string {
  const question = known.get(clause.question);
  if (!question || question.type === 'repeat') return `there is no earlier question "${clause.question}"`;
  if (!question.chain.every((repeat, depth) => chain[depth] === repeat))
    return `"${clause.question}" is asked once per item of a repeat; say which items`;
  if (clause.operator === 'exists') {
    const answered: Condition = { question: question.id, answered: true };
    return clause.answerBoolean === false ? { none: [answered] } : answered;
  }
  const value = valueOf(clause, question);
  if (value === undefined) return `no clause compares the answer to "${question.id}" (${question.type}) with this`;
  if (question.type === 'multiChoice') return several(clause, question, String(value));
  if (question.type === 'date') return dated(clause, question, String(value));
  if (clause.operator === '=' || clause.operator === '!=')
    return { question: question.id, [clause.operator === '=' ? 'is' : 'isNot']: value } as Condition;
  return isNumber(question.type)
    ? ({ question: question.id, [ORDERS[clause.operator]]: value } as Condition)
    : `"${clause.operator}" compares numbers and dates, and "${question.id}" is a ${question.type}`;
}

function valueOf(clause: EnableWhen, { type, codes }: Known): Literal | undefined {
  if (type === 'boolean') return clause.answerBoolean;
  if (type === 'choice' || type === 'multiChoice') return codes?.get(codedAnswer(clause) ?? '');
  if (type === 'date') return /^\d{4}(-\d{2}(-\d{2})?)?/.exec(clause.answerDate ?? '')?.[0];
  return isNumber(type as 'integer') ? (clause.answerInteger ?? clause.answerDecimal) : undefined;
}

const codedAnswer = (clause: EnableWhen): string | undefined =>
  clause.answerCoding?.code ?? (clause as { answerString?: string }).answerString;

/** Of several answers "=" wants this one among them, "!=" another one. */
function several({ operator }: EnableWhen, { id, codes }: Known, code: string): Condition | string {
  if (operator === '=') return { question: id, contains: code };
  const others = [...(codes?.values() ?? [])].filter((one) => one !== code);
  return operator === '!=' && others.length > 0
    ? { question: id, containsAny: others }
    : `"${operator}" compares no codes`;
}

function dated({ operator }: EnableWhen, { id }: Known, date: string): Condition | string {
  switch (operator) {
    case '<':
      return { question: id, before: date };
    case '>':
      return { question: id, after: date };
    case '<=':
      return { none: [{ question: id, after: date }] };
    case '>=':
      return { none: [{ question: id, before: date }] };
    case '=':
      return { question: id, overlaps: date };
    case '!=':
      return { none: [{ question: id, overlaps: date }] };
    case 'exists':
      return 'whether a date exists is no comparison';
  }
}

/** What the author is told to do about extensions that a draft has no place for. */
export const EXTENSION_ADVICE: Readonly<Record<string, string>> = {
  [EXTENSIONS.enableWhenExpression]:
    'write this condition as "when" with "ifUnclear"; it was left out, so the question is always asked',
  [EXTENSIONS.calculatedExpression]:
    'write this as "calculate" on the question; it was left out, so the question is asked',
};
