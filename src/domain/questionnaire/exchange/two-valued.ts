import { LAST_DAY, FIRST_DAY, isoDay } from '../../timeline/calendar.js';
import { readPeriod } from '../../timeline/uncertain-date.js';
import type { Literal } from '../format.js';
import { isNumber, isReference } from '../operators.js';
import type { Compiled, CompiledLeaf, Plan, PlanNode, QuestionNode } from '../plan.js';
import { within } from '../reference.js';

export type Order = '<' | '<=' | '>' | '>=';

/**
 * A condition in the two-valued logic of other questionnaire engines. A clause about a question holds only when that question
 * has an answer; a question that is not shown has none.
 */
export type Plain =
  | { kind: 'fixed'; holds: boolean }
  | { kind: 'and' | 'or'; parts: Plain[] }
  | { kind: 'not'; part: Plain }
  | { kind: 'answered'; question: number }
  /** The answer, or one of several answers, is one of these. */
  | { kind: 'is'; question: number; values: Literal[] }
  | { kind: 'order'; question: number; order: Order; value: number | string }
  | { kind: 'compare'; question: number; order: Order | '='; other: number }
  | { kind: 'items'; repeat: number; where?: Plain; atLeast: number }
  /** The person is certainly adult. */
  | { kind: 'adult' };

/** A condition that other engines cannot be told, with the reason. */
export class NotExpressible extends Error {}

/** Which of the three outcomes count as holding: yes alone, or everything but no. */
type Reading = 'certain' | 'possible';

const FIXED = (holds: boolean): Plain => ({ kind: 'fixed', holds });

/** Joins clauses, leaving out what changes nothing. */
export function and(...parts: Plain[]): Plain {
  return joined('and', parts);
}
export function or(...parts: Plain[]): Plain {
  return joined('or', parts);
}
function joined(kind: 'and' | 'or', parts: Plain[]): Plain {
  const neutral = kind === 'and';
  const kept = parts
    .flatMap((part) => (part.kind === kind ? part.parts : [part]))
    .filter((part) => part.kind !== 'fixed' || part.holds !== neutral);
  if (kept.some((part) => part.kind === 'fixed')) return FIXED(!neutral);
  return kept.length === 0 ? FIXED(neutral) : kept.length === 1 ? kept[0]! : { kind, parts: kept };
}
export function not(part: Plain): Plain {
  if (part.kind === 'fixed') return FIXED(!part.holds);
  return part.kind === 'not' ? part.part : { kind: 'not', part };
}

/**
 * When a node itself lets its content be shown, whatever is around it; nothing when always. Throws NotExpressible for clauses
 * that need more than two values or reference data. Exact for answers that are exact: a whole day, an entry of a list.
 */
export function opensWhen(plan: Plan, node: PlanNode): Plain | undefined {
  const gates = node.gates.map(({ condition, ifUnclear }) =>
    plain(plan, condition, ifUnclear === 'open' ? 'possible' : 'certain'),
  );
  const own = gates.length === 0 ? FIXED(true) : or(...gates);
  const child = node.kind === 'question' && node.definition.neverAskChild === true;
  const whole = child ? and({ kind: 'adult' }, own) : own;
  return whole.kind === 'fixed' && whole.holds ? undefined : whole;
}

/**
 * When a node is shown, together with what other formats do not put around it: the question it follows up and the module its
 * section belongs to. Sections and repeats stand around their content there as well. Throws NotExpressible.
 */
export function shownWhen(plan: Plan, node: PlanNode): Plain | undefined {
  const own = opensWhen(plan, node);
  const around = plan.nodes[node.container];
  if (around?.kind !== 'question' && around?.kind !== 'include') return own;
  // A question that is not shown has no answer, so what needs its answer needs no more.
  if (own && needsAnswer(own, around.index)) return own;
  const outer = shownWhen(plan, around);
  return outer && own ? and(outer, own) : (outer ?? own);
}

function needsAnswer(condition: Plain, question: number): boolean {
  if (condition.kind === 'and') return condition.parts.some((part) => needsAnswer(part, question));
  if (condition.kind === 'or') return condition.parts.every((part) => needsAnswer(part, question));
  return 'question' in condition && condition.question === question;
}

function plain(plan: Plan, condition: Compiled, reading: Reading): Plain {
  const opposite: Reading = reading === 'certain' ? 'possible' : 'certain';
  switch (condition.kind) {
    case 'named':
      return plain(plan, condition.part, reading);
    case 'all':
      return and(...condition.parts.map((part) => plain(plan, part, reading)));
    case 'any':
      return or(...condition.parts.map((part) => plain(plan, part, reading)));
    case 'none':
      return and(...condition.parts.map((part) => not(plain(plan, part, opposite))));
    case 'leaf':
      return leaf(plan, condition, reading);
    case 'some':
    case 'every':
    case 'atLeast':
    case 'atMost':
      return quantifier(plan, condition, reading);
  }
}

/** A repeat without an item says nothing: then the outcome is possible, not certain. */
function quantifier(
  plan: Plan,
  { kind, repeat, where, bound }: Extract<Compiled, { kind: 'some' | 'every' | 'atLeast' | 'atMost' }>,
  reading: Reading,
): Plain {
  const items = (atLeast: number, part?: Plain): Plain =>
    atLeast === 0 || (part?.kind === 'fixed' && !part.holds)
      ? FIXED(atLeast === 0)
      : { kind: 'items', repeat, atLeast, ...(part && part.kind !== 'fixed' && { where: part }) };
  const whereAs = (how: Reading): Plain | undefined => where && plain(plan, where, how);
  const opposite: Reading = reading === 'certain' ? 'possible' : 'certain';
  const holds =
    kind === 'some'
      ? items(1, whereAs(reading))
      : kind === 'every'
        ? not(items(1, not(whereAs(reading) ?? FIXED(true))))
        : kind === 'atLeast'
          ? items(bound, whereAs(reading))
          : not(items(bound + 1, whereAs(opposite)));
  const any = items(1);
  return reading === 'certain' ? and(any, holds) : or(not(any), holds);
}

function leaf(plan: Plan, clause: CompiledLeaf, reading: Reading): Plain {
  const node = plan.nodes[clause.question] as QuestionNode;
  if (node.calculation) throw new NotExpressible(`it looks at the calculated value "${node.id}"`);
  if (clause.other !== undefined) return comparison(plan, node, clause, clause.other, reading);
  const { question, operator } = clause;
  const answered: Plain = { kind: 'answered', question };
  const values = [clause.literal].flat() as Literal[];
  const said = (holds: Plain): Plain => (reading === 'certain' ? holds : or(not(answered), holds));
  const oneOf = (of: readonly Literal[]): Plain =>
    of.length === 0 ? FIXED(false) : { kind: 'is', question, values: [...of] };
  switch (operator) {
    case 'answered':
      return answered;
    case 'unknown':
    case 'refused':
      return FIXED(false);
    case 'notAsked':
      return not(answered);
    case 'is':
    case 'isOneOf':
    case 'contains':
    case 'containsAny':
      return said(oneOf(values));
    case 'isNot':
      return reading === 'certain' ? and(answered, not(oneOf(values))) : not(oneOf(values));
    case 'within':
      return said(oneOf(below(plan, node, String(values[0]))));
    case 'above':
    case 'below':
    case 'atLeast':
    case 'atMost':
      return isNumber(node.type)
        ? said({ kind: 'order', question, order: ORDER[operator], value: values[0] as number })
        : said(oneOf(ranks(plan, operator, String(values[0]))));
    case 'before':
    case 'after':
    case 'overlaps':
      return said(dateClause(question, operator, String(values[0]), reading));
  }
}

const ORDER = { above: '>', below: '<', atLeast: '>=', atMost: '<=' } as const;

function comparison(plan: Plan, node: QuestionNode, clause: CompiledLeaf, other: number, reading: Reading): Plain {
  const { question, operator } = clause;
  if ((plan.nodes[other] as QuestionNode).calculation)
    throw new NotExpressible(`it looks at the calculated value "${plan.nodes[other]!.id}"`);
  const order = { ...ORDER, is: '=', isNot: '=', before: '<', after: '>', overlaps: '=' }[operator as 'is'];
  if (order === undefined || operator === ('within' as string) || (isReference(node.type) && order !== '='))
    throw new NotExpressible(`it compares "${node.id}" with another answer by "${operator}"`);
  const answered = and({ kind: 'answered', question }, { kind: 'answered', question: other });
  const same: Plain = { kind: 'compare', question, order: order as Order | '=', other };
  const holds = operator === 'isNot' ? and(answered, not(same)) : same;
  return reading === 'certain' ? holds : or(not(answered), holds);
}

function below(plan: Plan, node: QuestionNode, top: string): string[] {
  if (isReference(node.type)) return [...within(plan.reference, node.type as 'place', top)];
  const parents = new Map(node.codes.map(({ code, parent }) => [code, parent]));
  const under = (code: string | undefined): boolean => code !== undefined && (code === top || under(parents.get(code)));
  return node.codes.map(({ code }) => code).filter(under);
}

/** Ranks of the same organisation in that order; those of others cannot be compared and do not count. */
function ranks({ reference }: Plan, operator: keyof typeof ORDER, than: string): string[] {
  const mark = reference[than]!;
  const holds = { above: 1, below: -1, atLeast: 1, atMost: -1 }[operator];
  return Object.values(reference)
    .filter(({ type, organisation }) => type === 'rank' && organisation === mark.organisation)
    .filter(({ order }) => {
      const difference = Math.sign(order! - mark.order!);
      return difference === holds || (difference === 0 && (operator === 'atLeast' || operator === 'atMost'));
    })
    .map(({ id }) => id);
}

/** What holds of a whole day, beside a period whose ends may be uncertain. */
function dateClause(
  question: number,
  operator: 'before' | 'after' | 'overlaps',
  edtf: string,
  reading: Reading,
): Plain {
  const read = readPeriod(edtf);
  if (!read.ok) throw new NotExpressible(read.message);
  const { earliest, startLatest, endEarliest, latest } = read.date;
  const certain = reading === 'certain';
  const is = (order: Order, value: string): Plain => ({ kind: 'order', question, order, value });
  if (operator === 'before') return is('<', certain ? earliest : startLatest);
  if (operator === 'after') return is('>', certain ? latest : endEarliest);
  const [from, to] = certain ? [startLatest, endEarliest] : [earliest, latest];
  if (from > to) return FIXED(false);
  const ends = [
    ...(from === isoDay(FIRST_DAY) ? [] : [is('>=', from)]),
    ...(to === isoDay(LAST_DAY) ? [] : [is('<=', to)]),
  ];
  return and(...(ends.length > 0 ? ends : [{ kind: 'answered', question } as Plain]));
}
