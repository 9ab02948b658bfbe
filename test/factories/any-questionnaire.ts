import fc from '../support/properties.js';
import type {
  Calculation,
  Check,
  Condition,
  Item,
  Question,
  QuestionnaireFile,
} from '../../src/domain/questionnaire/format.js';

/** Questionnaires that compile, with nested repeats, follow-ups, calculations, checks, named conditions and indicators; and answers. */

interface Known {
  id: string;
  type: 'boolean' | 'choice' | 'number';
  chain: readonly string[];
  calculated?: true;
}
interface KnownRepeat {
  id: string;
  chain: readonly string[];
}

/** What a whole questionnaire is grown from: numbers consumed one after the other. */
class Seed {
  private at = 0;
  constructor(private readonly numbers: readonly number[]) {}
  /** A number from 0 to below `bound`. */
  next(bound: number): number {
    return this.numbers[this.at++ % this.numbers.length]! % bound;
  }
  pick<T>(values: readonly T[]): T {
    return values[this.next(values.length)]!;
  }
}

const CODES = ['a', 'b', 'c'];
const text = { en: 'What happened?' };

class Grower {
  readonly questions: Known[] = [];
  readonly repeats: KnownRepeat[] = [];
  /** A named condition looks at what the first section asks, so only later sections may use it. */
  private isNamed = false;

  /** `rich`: with calculations, checks, and comparisons of two answers. */
  constructor(
    private readonly seed: Seed,
    private readonly rich: boolean,
  ) {}

  file(): QuestionnaireFile {
    // Something asked once comes first, so that every condition has something to look at.
    const first = [this.question([], 1), ...this.items([], 4, 2)];
    const conditions: Record<string, Condition> = { named: this.condition([], 2, false) };
    this.isNamed = true;
    const sections = [1, 2].map((number) => ({
      id: `section${number}`,
      title: text,
      phase: 'open' as const,
      ...this.gate([], this.seed.next(2) === 0, true),
      items: this.items([], 4, 2),
    }));
    return {
      format: 1,
      id: 'grown',
      version: 1,
      purpose: 'screening',
      title: text,
      languages: ['en'],
      lists: { codes: CODES.map((code) => ({ code, text: { en: code } })) },
      conditions,
      sections: [{ id: 'section0', title: text, phase: 'freeAccount', items: first }, ...sections],
      indicators: [0, 1, 2].map((number) => ({
        id: `indicator${number}`,
        when: this.condition([], 3, true),
        ifUnclear: this.seed.pick(['raise', 'silent'] as const),
        severity: 'low' as const,
        ground: '1F(a)' as const,
        reason: text,
        innocent: [text],
      })),
    };
  }

  private items(chain: readonly string[], count: number, depth: number): Item[] {
    return Array.from({ length: 1 + this.seed.next(count) }, () =>
      depth > 0 && this.seed.next(3) === 0 ? this.repeat(chain, depth) : this.question(chain, 1),
    );
  }

  private repeat(chain: readonly string[], depth: number): Item {
    const gate = this.gate(chain, this.seed.next(2) === 0, false);
    const id = `r${this.repeats.length}`;
    this.repeats.push({ id, chain });
    const items = this.items([...chain, id], 3, depth - 1);
    const checks = this.checks([...chain, id]);
    return { id, repeat: true, title: text, itemTitle: text, max: 3, ...gate, items, ...checks };
  }

  private checks(chain: readonly string[]): { checks?: Check[] } {
    if (!this.rich || this.seed.next(4) > 0 || this.reachable(chain).length === 0) return {};
    const ifUnclear = this.seed.pick(['pass', 'fail'] as const);
    const severity = this.seed.pick(['error', 'warning'] as const);
    return { checks: [{ id: 'check', must: this.condition(chain, 1, false), ifUnclear, severity, message: text }] };
  }

  /** A number or a truth value from what is asked before. */
  private calculation(type: 'number' | 'boolean', chain: readonly string[], depth: number): Calculation {
    if (type === 'boolean') return { holds: this.condition(chain, depth, true) };
    const numbers = this.reachable(chain).filter((one) => one.type === 'number');
    const inner = () => this.calculation('number', chain, depth - 1);
    const kind = depth === 0 ? 0 : this.seed.next(6);
    if (kind === 1) return { sum: [inner(), inner()] };
    if (kind === 2) return { difference: [inner(), inner()] };
    if (kind === 3) return { greatest: [inner(), inner()] };
    if (kind === 4 && this.reachable(chain).length > 0)
      return { if: this.condition(chain, 1, true), then: inner(), else: inner() };
    if (kind === 5) {
      const repeat = this.repeatIn(chain);
      const within = repeat && [...repeat.chain, repeat.id];
      if (within && this.seed.next(2) === 0) return { count: repeat.id, where: this.condition(within, 1, true) };
      if (within) return { sumOver: repeat.id, of: this.calculation('number', within, depth - 1) };
    }
    return numbers.length === 0 ? { value: this.seed.next(4) } : { answer: this.seed.pick(numbers).id };
  }

  private question(chain: readonly string[], followUps: number): Question {
    const gate = this.gate(chain, this.seed.next(2) === 0, chain.length === 0);
    const known: Known = {
      id: `q${this.questions.length}`,
      type: this.seed.pick(['boolean', 'choice', 'number'] as const),
      chain,
    };
    const { id, type } = known;
    const calculate =
      this.rich && type !== 'choice' && this.reachable(chain).length > 0 && this.seed.next(4) === 0
        ? this.calculation(type, chain, 2)
        : undefined;
    if (calculate) known.calculated = true;
    this.questions.push(known);
    const question: Question = {
      id,
      type,
      text,
      purpose: 'inclusion',
      basis: ['House rule'],
      ...(type === 'choice' && { list: 'codes' }),
      ...gate,
      ...(calculate ? { calculate } : this.checks(chain)),
    };
    if (followUps === 0 || this.seed.next(2) === 0) return question;
    const followUp = this.question(chain, 0);
    if (this.seed.next(2) === 0) {
      delete followUp.when;
      delete followUp.ifUnclear;
      followUp.on = type === 'boolean' ? true : type === 'choice' ? this.seed.pick(CODES) : 2;
    }
    return { ...question, followUps: [followUp] };
  }

  private gate(chain: readonly string[], wanted: boolean, named: boolean) {
    if (!wanted || this.reachable(chain).length === 0) return {};
    const when: Condition =
      named && this.isNamed && this.questions.length > 20 ? { condition: 'named' } : this.condition(chain, 2, false);
    return { when, ifUnclear: this.seed.pick(['open', 'closed'] as const) };
  }

  private reachable(chain: readonly string[]): Known[] {
    return this.questions.filter((one) => one.chain.every((repeat, depth) => chain[depth] === repeat));
  }

  private condition(chain: readonly string[], depth: number, indicator: boolean): Condition {
    const kind = depth === 0 ? 0 : this.seed.next(6);
    const inner = () => this.condition(chain, depth - 1, indicator);
    if (kind === 1) return { all: [inner(), inner()] };
    if (kind === 2) return { any: [inner(), inner()] };
    if (kind === 3) return { none: [inner()] };
    if (kind >= 4) return this.quantified(chain, depth, indicator) ?? inner();
    const reachable = this.reachable(chain);
    return reachable.length === 0
      ? { none: [this.quantified(chain, 1, indicator)!] }
      : this.leaf(this.seed.pick(reachable), indicator, reachable);
  }

  private repeatIn(chain: readonly string[]): KnownRepeat | undefined {
    const usable = this.repeats.filter(
      (repeat) =>
        repeat.chain.every((one, at) => chain[at] === one) && this.reachable([...repeat.chain, repeat.id]).length > 0,
    );
    return usable.length === 0 ? undefined : this.seed.pick(usable);
  }

  private quantified(chain: readonly string[], depth: number, indicator: boolean): Condition | undefined {
    const repeat = this.repeatIn(chain);
    if (!repeat) return undefined;
    const where = this.condition([...repeat.chain, repeat.id], depth - 1, indicator);
    const shapes: Condition[] = [
      { some: repeat.id, where },
      { every: repeat.id, where },
      { count: repeat.id, where, atLeast: 1 + this.seed.next(2) },
      { count: repeat.id, where, atMost: this.seed.next(2) },
      { count: repeat.id, atLeast: 2 },
    ];
    return this.seed.pick(shapes);
  }

  /** Indicators get comparisons only: silence may not raise them. */
  private leaf({ id, type, calculated }: Known, indicator: boolean, reachable: readonly Known[]): Condition {
    const status = this.seed.next(4);
    const others = reachable.filter((one) => one.type === type && one.id !== id);
    if (this.rich && others.length > 0 && this.seed.next(4) === 0) {
      const other = { question: this.seed.pick(others).id };
      const operators = type === 'number' ? (['is', 'above', 'atMost'] as const) : (['is', 'isNot'] as const);
      return { question: id, [this.seed.pick<string>(operators)]: other };
    }
    if (status === 0 && !indicator && calculated) return { question: id, answered: true };
    if (status === 0 && !indicator)
      return { question: id, [this.seed.pick(['answered', 'unknown', 'refused', 'notAsked'] as const)]: true };
    if (type === 'boolean')
      return { question: id, [this.seed.pick(['is', 'isNot'] as const)]: this.seed.next(2) === 0 };
    if (type === 'choice')
      return this.seed.next(2) === 0
        ? { question: id, is: this.seed.pick(CODES) }
        : { question: id, isOneOf: ['a', 'c'] };
    return { question: id, [this.seed.pick(['above', 'atMost', 'is'] as const)]: this.seed.next(4) };
  }
}

export interface GrownQuestionnaire {
  file: QuestionnaireFile;
  questions: readonly Known[];
}

const grown = (rich: boolean): fc.Arbitrary<GrownQuestionnaire> =>
  fc.array(fc.nat(5039), { minLength: 60, maxLength: 200 }).map((numbers) => {
    const grower = new Grower(new Seed(numbers), rich);
    return { file: grower.file(), questions: grower.questions };
  });

/** Conditions over choices, truth values and numbers, each compared with what the file says. */
export const anyQuestionnaire = grown(false);
/** Everything above, and calculations, checks and comparisons of two answers. */
export const anyRichQuestionnaire = grown(true);

/** One step of an interview: something is recorded, or taken away again. */
export interface Step {
  questionId: string;
  item: number[];
  value?: boolean | string | number;
  status?: 'unknown' | 'refused' | 'notAsked';
  remove?: true;
}

export const steps = (questions: readonly Known[], maxLength = 25): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.constantFrom(...questions.filter(({ calculated }) => !calculated)).chain(({ id, type, chain }) => {
      const value =
        type === 'boolean'
          ? fc.boolean()
          : type === 'choice'
            ? fc.constantFrom(...CODES)
            : fc.integer({ min: 0, max: 3 });
      const what = fc.oneof(
        { weight: 6, arbitrary: value.map((one) => ({ value: one })) },
        {
          weight: 1,
          arbitrary: fc
            .constantFrom('unknown' as const, 'refused' as const, 'notAsked' as const)
            .map((status) => ({ status })),
        },
        { weight: 2, arbitrary: fc.constant({ remove: true as const }) },
      );
      return fc
        .tuple(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: chain.length, maxLength: chain.length }), what)
        .map(([item, change]): Step => ({ questionId: id, item, ...change }));
    }),
    { minLength: 1, maxLength },
  );
