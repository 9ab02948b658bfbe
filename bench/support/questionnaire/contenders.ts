import { LogicEngine } from 'json-logic-engine';
import { Model } from 'survey-core';
import type { Condition } from '../../../src/domain/questionnaire/format.js';
import type { Plan } from '../../../src/domain/questionnaire/plan.js';
import { answer, remove, start, type Address, type Session } from '../../../src/domain/questionnaire/session.js';
import type { Grown, Step } from './grown.js';

/** One engine with one interview in it. An answer to a question that hides is forgotten, in all of them. */
export interface Contender {
  take(step: Step): void;
  /** Ids of the questions that are asked now. */
  visible(): string[];
}

/** The product: validates the value, replays dependants, evaluates indicators and says what opened and closed. */
export class Product implements Contender {
  private session: Session;
  private readonly given = new Set<string>();
  private readonly open: Set<string>;

  constructor(
    private readonly plan: Plan,
    private readonly onAnswer: (ms: number) => void = () => undefined,
  ) {
    this.session = start(plan, { child: 'no', language: 'en' });
    this.open = new Set(openIn(this.session));
  }

  take({ id, value }: Step): void {
    const from = performance.now();
    const input = { questionId: id, value };
    const result = value === undefined ? remove(this.session, input) : answer(this.session, input);
    this.onAnswer(performance.now() - from);
    if (!result.ok) throw new Error(result.message);
    if (value === undefined) this.given.delete(id);
    else this.given.add(id);
    this.become(result);
  }

  private become({ session, opened, closed }: { session: Session; opened: Address[]; closed: Address[] }): void {
    this.session = session;
    for (const { questionId } of opened) this.open.add(questionId);
    for (const { questionId } of closed) this.open.delete(questionId);
    for (const { questionId } of closed) {
      if (!this.given.delete(questionId)) continue;
      const forgotten = remove(this.session, { questionId });
      if (forgotten.ok) this.become(forgotten);
    }
  }

  visible(): string[] {
    return [...this.open];
  }
}

const openIn = ({ plan, root }: Session): string[] =>
  plan.nodes.filter((node) => node.kind === 'question' && root.open[node.slot] === 1).map(({ id }) => id);

/** survey-core: `visibleIf` expressions, values cleared when hidden. It does not validate here and has no indicators. */
export class SurveyCore implements Contender {
  private readonly model: Model;

  constructor({ questions, file }: Grown) {
    const types = { boolean: 'boolean', choice: 'radiogroup', integer: 'text', multiChoice: 'checkbox', text: 'text' };
    const choices = file.lists!['codes']!.map(({ code }) => code);
    this.model = new Model({
      clearInvisibleValues: 'onHidden',
      elements: questions.map(({ id, kind, when }) => ({
        type: types[kind],
        name: id,
        ...(kind === 'integer' && { inputType: 'number' }),
        ...((kind === 'choice' || kind === 'multiChoice') && { choices }),
        ...(when && { visibleIf: inSurveyJs(when) }),
      })),
    });
  }

  take({ id, value }: Step): void {
    if (value === undefined) this.model.clearValue(id);
    else this.model.setValue(id, value);
  }

  visible(): string[] {
    return this.model.getAllQuestions().flatMap((question) => (question.isVisible ? [question.name] : []));
  }
}

function inSurveyJs(condition: Condition): string {
  if ('all' in condition) return condition.all.map((one) => `(${inSurveyJs(one)})`).join(' and ');
  if ('any' in condition) return condition.any.map((one) => `(${inSurveyJs(one)})`).join(' or ');
  const [question, operator, value] = leafOf(condition);
  const literal = (one: unknown) => (typeof one === 'string' ? `'${one}'` : String(one));
  if (operator === 'isOneOf') return `{${question}} anyof [${(value as unknown[]).map(literal).join(', ')}]`;
  const symbols: Record<string, string> = { is: '=', above: '>', atMost: '<=', contains: 'contains' };
  return `{${question}} ${symbols[operator]} ${literal(value)}`;
}

const leafOf = (condition: Condition): [question: string, operator: string, value: unknown] => {
  const { question, ...rest } = condition as { question: string };
  const [operator, value] = Object.entries(rest)[0]!;
  return [question, operator, value];
};

/** Every condition in order after every answer; what is hidden is forgotten on the way, so that one pass is enough. */
abstract class FullPass implements Contender {
  protected readonly answers: Record<string, unknown> = {};
  private shown: string[];

  constructor(private readonly ids: readonly string[]) {
    this.shown = [];
  }

  protected abstract holds(index: number): boolean;

  take({ id, value }: Step): void {
    if (value === undefined) delete this.answers[id];
    else this.answers[id] = value;
    this.pass();
  }

  pass(): void {
    this.shown = [];
    for (const [index, id] of this.ids.entries()) {
      if (this.holds(index)) this.shown.push(id);
      else if (id in this.answers) delete this.answers[id];
    }
  }

  visible(): string[] {
    return this.shown;
  }
}

/** json-logic-engine with every condition compiled. */
export class JsonLogic extends FullPass {
  private readonly rules: ((data: unknown) => unknown)[];

  constructor({ questions }: Grown) {
    super(questions.map(({ id }) => id));
    const engine = new LogicEngine();
    this.rules = questions.map(({ when }) =>
      when ? (engine.build(inJsonLogic(when)) as (data: unknown) => unknown) : () => true,
    );
    this.pass();
  }

  protected holds(index: number): boolean {
    return this.rules[index]!(this.answers) === true;
  }
}

function inJsonLogic(condition: Condition): object {
  if ('all' in condition) return { and: condition.all.map(inJsonLogic) };
  if ('any' in condition) return { or: condition.any.map(inJsonLogic) };
  const [question, operator, value] = leafOf(condition);
  const answer = { var: question };
  // Nothing compares like a number or holds a code until it was said.
  const said = { '!==': [{ var: [question, null] }, null] };
  if (operator === 'is') return { '===': [answer, value] };
  if (operator === 'isOneOf') return { and: [said, { in: [answer, value] }] };
  if (operator === 'contains') return { and: [said, { in: [value, answer] }] };
  return { and: [said, { [operator === 'above' ? '>' : '<=']: [answer, value] }] };
}

/** The plain interpreter: reads the conditions as they are written. It is the reference for what is asked. */
export class Plain extends FullPass {
  constructor(private readonly grown: Grown) {
    super(grown.questions.map(({ id }) => id));
    this.pass();
  }

  protected holds(index: number): boolean {
    const { when } = this.grown.questions[index]!;
    return when === undefined || this.test(when);
  }

  private test(condition: Condition): boolean {
    if ('all' in condition) return condition.all.every((one) => this.test(one));
    if ('any' in condition) return condition.any.some((one) => this.test(one));
    const [question, operator, value] = leafOf(condition);
    const said = this.answers[question];
    if (said === undefined) return false;
    if (operator === 'is') return said === value;
    if (operator === 'isOneOf') return (value as unknown[]).includes(said);
    if (operator === 'contains') return (said as unknown[]).includes(value);
    return operator === 'above' ? (said as number) > (value as number) : (said as number) <= (value as number);
  }
}
