import type { Literal, Operator } from './format.js';
import { itemsHolding, matchedCodes } from './fired.js';
import { isReference } from './operators.js';
import { phrasesIn, type Phrases } from './phrases.js';
import type {
  Compiled,
  CompiledGate,
  CompiledLeaf,
  CompiledQuantifier,
  Frames,
  Plan,
  PlanNode,
  QuestionNode,
} from './plan.js';
import { nameOf } from './reference-names.js';
import type { Session } from './session.js';
import { fillPipes, inLanguage } from './texts.js';
import { NO, YES, toWord, type Trit } from './trit.js';

/** A clause that decided, with its outcome; as a sentence it reads without the tree around it. */
export interface DecidingClause {
  sentence: string;
  outcome: 'yes' | 'no' | 'unclear';
}

/** Why a node is open or closed. */
export interface Why {
  sentence: string;
  clauses: DecidingClause[];
}

/** A condition as a sentence in `language`, without capital and full stop; English where words are not translated. */
export function render(plan: Plan, condition: Compiled, language = 'en'): string {
  switch (condition.kind) {
    case 'all':
      return joined(plan, condition.parts, phrasesIn(language).and, language);
    case 'any':
      return joined(plan, condition.parts, phrasesIn(language).or, language);
    case 'none':
      return phrasesIn(language).neither(joined(plan, condition.parts, phrasesIn(language).or, language));
    case 'named':
      return render(plan, condition.part, language);
    case 'leaf':
      return renderLeaf(plan, condition, language);
    case 'some':
    case 'every':
    case 'atLeast':
    case 'atMost':
      return renderQuantifier(plan, condition, language);
  }
}

function joined(plan: Plan, parts: readonly Compiled[], by: string, language: string): string {
  const bracketed = (part: Compiled) => {
    const group = part.kind === 'named' ? part.part : part;
    const sentence = render(plan, part, language);
    return parts.length > 1 && (group.kind === 'all' || group.kind === 'any') && group.parts.length > 1
      ? `(${sentence})`
      : sentence;
  };
  return parts.map(bracketed).join(by);
}

function renderQuantifier(plan: Plan, { kind, repeat, where, bound }: CompiledQuantifier, language: string): string {
  const name = labelOf(plan, repeat, language);
  const clause = where && render(plan, where, language);
  const phrases = phrasesIn(language);
  if (kind === 'some' || kind === 'every') return phrases[kind](name, clause ?? '');
  return phrases[kind](bound, name, clause);
}

function renderLeaf(plan: Plan, { question, operator, literal, other }: CompiledLeaf, language: string): string {
  const phrases = phrasesIn(language);
  if (other !== undefined)
    return leafWords(plan, question, operator, phrases.answerTo(labelOf(plan, other, language)), language);
  const literals = [literal].flat() as Literal[];
  const rest = ONE_OF[operator] && literals.length > FEW ? othersOf(plan, question, literals) : [];
  return rest.length > 0 && rest.length < FEW
    ? leafWords(plan, question, ONE_OF[operator]!, phrases.anyBut(listed(plan, question, rest, language)), language)
    : leafWords(plan, question, operator, listed(plan, question, literals, language), language);
}

/** Lists of codes longer than this are not read to the end. */
const FEW = 4;
/** The operator that says of one code what the other says of several. */
const ONE_OF: Partial<Record<Operator, Operator>> = { containsAny: 'contains', isOneOf: 'is' };

const leafWords = (plan: Plan, question: number, operator: Operator, value: string, language: string): string =>
  phrasesIn(language).operators[operator].replace(/[QV]/g, (mark) =>
    mark === 'Q' ? labelOf(plan, question, language) : value,
  );

const listed = (plan: Plan, question: number, literals: readonly Literal[], language: string): string =>
  literals
    .map((one) => literalInWords(plan, plan.nodes[question] as QuestionNode, one, language))
    .join(phrasesIn(language).comma);

/** The codes of a question's list that are not among these. */
const othersOf = (plan: Plan, question: number, literals: readonly Literal[]): string[] =>
  (plan.nodes[question] as QuestionNode).codes.map(({ code }) => code).filter((code) => !literals.includes(code));

/** A clause as it came out: where it holds only the codes that were answered, else the first of a long list. */
function renderDecided(plan: Plan, clause: Compiled, frames: Frames, language: string): string {
  const phrases = phrasesIn(language);
  if (clause.kind === 'leaf' && ONE_OF[clause.operator]) {
    const { question, operator } = clause;
    const literals = [clause.literal].flat() as Literal[];
    const matched = clause.test(frames) === YES ? matchedCodes(plan, clause, frames) : undefined;
    const whole = render(plan, clause, language);
    if (matched)
      return leafWords(plan, question, ONE_OF[operator]!, listed(plan, question, matched, language), language);
    const others = othersOf(plan, question, literals).length;
    if (literals.length <= FEW || (others > 0 && others < FEW)) return whole;
    const few = phrases.oneOfMany(literals.length, listed(plan, question, literals.slice(0, FEW - 1), language));
    return leafWords(plan, question, ONE_OF[operator]!, few, language);
  }
  if (clause.kind !== 'some' || !clause.where || clause.test(frames) !== YES) return render(plan, clause, language);
  const inner = itemsHolding(plan, clause, frames)[0]!;
  const parts = deciding(clause.where, inner).map((part) => decidedSentence(plan, part, inner, language));
  return phrases.some(labelOf(plan, clause.repeat, language), parts.join(phrases.and));
}

function decidedSentence(plan: Plan, clause: Compiled, frames: Frames, language: string): string {
  const words = renderDecided(plan, clause, frames, language);
  const outcome = toWord(clause.test(frames));
  const phrases = phrasesIn(language);
  return outcome === 'yes' ? words : outcome === 'no' ? phrases.doesNotHold(words) : phrases.isUnclear(words);
}

/** A node in quotation marks: the question as asked, the title of a repeat or section. */
export function labelOf(plan: Plan, index: number, language: string): string {
  const node = plan.nodes[index]!;
  const { quote } = phrasesIn(language);
  if (node.kind === 'include') return quote(node.id);
  const text = node.kind === 'question' ? node.definition.text : node.definition.title;
  return quote(fillPipes(inLanguage(text, language), () => undefined));
}

function literalInWords(plan: Plan, node: QuestionNode, literal: Literal, language: string): string {
  const { yes, no, quote } = phrasesIn(language);
  if (typeof literal === 'boolean') return literal ? yes : no;
  if (typeof literal === 'number') return String(literal);
  const item = isReference(node.type) ? plan.reference[literal] : undefined;
  if (item) return quote(nameOf(item.entry, language));
  return node.type === 'date' ? literal : quote(codeInWords(node, literal, language));
}

/** What a code means. */
export function codeInWords(node: QuestionNode, code: string, language: string): string {
  const found = node.codes.find((one) => one.code === code);
  return found ? inLanguage(found.text, language) : code;
}

/** The fewest clauses that made a condition come out as it did. */
export function deciding(
  condition: Compiled,
  frames: Frames,
): Exclude<Compiled, { kind: 'named' | 'all' | 'any' | 'none' }>[] {
  switch (condition.kind) {
    case 'named':
      return deciding(condition.part, frames);
    case 'all':
      return decidingOf(condition.parts, frames, condition.test(frames) === YES, NO);
    case 'any':
      return decidingOf(condition.parts, frames, condition.test(frames) === NO, YES);
    case 'none':
      return decidingOf(condition.parts, frames, condition.test(frames) === YES, YES);
    case 'leaf':
    case 'some':
    case 'every':
    case 'atLeast':
    case 'atMost':
      return [condition];
  }
}

/** Every part when all had to agree; else the first that settled it; else what is unclear. */
function decidingOf(parts: readonly Compiled[], frames: Frames, allDecided: boolean, settles: Trit) {
  const values = parts.map((part) => part.test(frames));
  const settled = values.indexOf(settles);
  const chosen = allDecided
    ? parts
    : settled >= 0
      ? [parts[settled]!]
      : parts.filter((_, index) => values[index] !== YES && values[index] !== NO);
  return chosen.flatMap((part) => deciding(part, frames));
}

/** The clauses that decided a condition, each as a sentence with its outcome. */
export function decidingClauses(plan: Plan, condition: Compiled, frames: Frames, language: string): DecidingClause[] {
  return deciding(condition, frames).map((clause) => ({
    outcome: toWord(clause.test(frames)),
    sentence: decidedSentence(plan, clause, frames, language),
  }));
}

/** Why a node is open or closed now: the nearest condition around it that settles the matter. */
export function explain(session: Session, node: PlanNode, frames: Frames): Why {
  return isOpenIn(node, frames) ? explainOpen(session, node, frames) : explainClosed(session, node, frames);
}

const isOpenIn = (node: PlanNode, frames: Frames): boolean => frames[node.chain.length]!.open[node.slot] === 1;

function explainOpen(session: Session, node: PlanNode, frames: Frames): Why {
  const { plan, context } = session;
  const phrases = phrasesIn(context.language);
  if (node.gates.length > 0) {
    const holding = node.gates.find((gate) => passes(gate, frames))!;
    const clauses = decidingClauses(plan, holding.condition, frames, context.language);
    return { sentence: phrases.askedBecause(sentences(clauses, phrases)), clauses };
  }
  const container = plan.nodes[node.container];
  if (!container) return { sentence: phrases.always, clauses: [] };
  const outer = explainOpen(session, container, frames);
  if (container.kind !== 'question' || node.kind !== 'question') return outer;
  const follows = phrases.withParent(labelOf(plan, container.index, context.language));
  return { ...outer, sentence: outer.clauses.length > 0 ? `${follows} ${outer.sentence}` : follows };
}

function explainClosed(session: Session, node: PlanNode, frames: Frames): Why {
  const { plan, context } = session;
  const phrases = phrasesIn(context.language);
  const container = plan.nodes[node.container];
  if (container && !isOpenIn(container, frames)) return explainClosed(session, container, frames);
  if (node.kind === 'question' && node.definition.neverAskChild && context.child !== 'no')
    return { sentence: phrases.child, clauses: [] };
  const clauses = node.gates.flatMap(({ condition }) => decidingClauses(plan, condition, frames, context.language));
  return { sentence: phrases.notAskedBecause(sentences(clauses, phrases)), clauses };
}

function passes({ condition, ifUnclear }: CompiledGate, frames: Frames): boolean {
  const value = condition.test(frames);
  return value === YES || (value !== NO && ifUnclear === 'open');
}

const sentences = (clauses: readonly DecidingClause[], { and }: Phrases): string =>
  clauses.map(({ sentence }) => sentence).join(and);
