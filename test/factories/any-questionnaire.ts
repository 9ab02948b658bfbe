import fc from 'fast-check';
import type { Condition, Item, Question, QuestionnaireFile } from '../../src/domain/questionnaire/format.js';

/** Questionnaires that compile, with nested repeats, follow-ups, named conditions and indicators; and answers to them. */

interface Known {
  id: string;
  type: 'boolean' | 'choice' | 'number';
  chain: readonly string[];
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

  constructor(private readonly seed: Seed) {}

  file(): QuestionnaireFile {
    // Something asked once comes first, so that every condition has something to look at.
    const first = [this.question([], 1), ...this.items([], 4, 2)];
    const conditions: Record<string, Condition> = { named: this.condition([], 2, false) };
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
    return {
      id,
      repeat: true,
      title: text,
      itemTitle: text,
      max: 3,
      ...gate,
      items: this.items([...chain, id], 3, depth - 1),
    };
  }

  private question(chain: readonly string[], followUps: number): Question {
    const gate = this.gate(chain, this.seed.next(2) === 0, chain.length === 0);
    const known: Known = {
      id: `q${this.questions.length}`,
      type: this.seed.pick(['boolean', 'choice', 'number'] as const),
      chain,
    };
    this.questions.push(known);
    const { id, type } = known;
    const question: Question = {
      id,
      type,
      text,
      purpose: 'inclusion',
      basis: ['House rule'],
      ...(type === 'choice' && { list: 'codes' }),
      ...gate,
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
      named && this.questions.length > 20 ? { condition: 'named' } : this.condition(chain, 2, false);
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
      : this.leaf(this.seed.pick(reachable), indicator);
  }

  private quantified(chain: readonly string[], depth: number, indicator: boolean): Condition | undefined {
    const usable = this.repeats.filter(
      (repeat) =>
        repeat.chain.every((one, at) => chain[at] === one) && this.reachable([...repeat.chain, repeat.id]).length > 0,
    );
    if (usable.length === 0) return undefined;
    const repeat = this.seed.pick(usable);
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
  private leaf({ id, type }: Known, indicator: boolean): Condition {
    const status = this.seed.next(4);
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

export const anyQuestionnaire: fc.Arbitrary<GrownQuestionnaire> = fc
  .array(fc.nat(5039), { minLength: 60, maxLength: 200 })
  .map((numbers) => {
    const grower = new Grower(new Seed(numbers));
    return { file: grower.file(), questions: grower.questions };
  });

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
    fc.constantFrom(...questions).chain(({ id, type, chain }) => {
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
