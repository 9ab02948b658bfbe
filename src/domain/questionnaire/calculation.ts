import { readPeriod, type UncertainDate } from '../timeline/uncertain-date.js';
import type { Amount } from './amounts.js';
import type { ConditionCompiler, Surroundings, Use } from './condition.js';
import type { Calculation, Condition, QuestionType } from './format.js';
import { isNumber } from './operators.js';
import type { CompiledCalculation, Frames, QuestionNode, RepeatNode } from './plan.js';
import { at, didYouMean, type Place } from './problems.js';
import type { Scope } from './scope.js';
import { SILENT, UNCLEAR, YES } from './trit.js';
import * as worth from './worth.js';
import { OPEN, type Unit, type Worth } from './worth.js';

type Type = CompiledCalculation['type'];
interface Part {
  readonly type: Type;
  readonly work: (frames: Frames) => Worth;
}
type Of<K extends string> = Extract<Calculation, Record<K, unknown>>;

/** The key that says what a calculation is, and the keys it needs or may have beside it. */
const FORMS: Readonly<Record<string, { needs?: string[]; may?: string[] }>> = {
  value: {},
  date: {},
  event: {},
  answer: {},
  years: {},
  months: {},
  days: {},
  length: { needs: ['in'] },
  startOf: {},
  endOf: {},
  shift: { needs: ['by'] },
  sum: {},
  difference: {},
  product: {},
  least: {},
  greatest: {},
  count: { may: ['where'] },
  sumOver: { needs: ['of'] },
  leastOver: { needs: ['of'] },
  greatestOver: { needs: ['of'] },
  holds: {},
  if: { needs: ['then', 'else'] },
};

const isAmount = (type: Type): boolean => type === 'integer' || type === 'decimal';

/** Compiles calculations of one plan; what is wrong goes to `problems` and the calculation is then undefined. */
export class CalculationCompiler {
  constructor(
    private readonly around: Surroundings,
    private readonly conditions: ConditionCompiler,
  ) {}

  /** The calculation of a question: it looks only at what is asked before, and gives what the question's type says. */
  forNode(definition: Calculation, place: Place, { type, definition: { integer } }: QuestionNode, use: Use) {
    const part = this.part(definition, place, { ...use, saidOnly: true });
    if (!part) return undefined;
    const wrong = wrongType(part.type, type, integer === true);
    if (wrong) return this.refuse(place, wrong);
    const reads = [...new Set(use.reads.map(({ node }) => node))];
    const compiled: CompiledCalculation = {
      definition,
      type: part.type,
      reads,
      work: (frames) => worth.toRecorded(part.work(frames)),
    };
    return compiled;
  }

  private refuse(place: Place, message: string): undefined {
    this.around.problems.add(place, message);
    return undefined;
  }

  private part(calculation: Calculation, place: Place, use: Use): Part | undefined {
    const keys = Object.keys(calculation);
    const [form, ...more] = keys.filter((key) => key in FORMS);
    if (form === undefined || more.length > 0)
      return this.refuse(place, `write exactly one of ${Object.keys(FORMS).join(', ')}; here: ${keys.join(', ')}`);
    const { needs = [], may = [] } = FORMS[form]!;
    const missing = needs.find((key) => !keys.includes(key));
    if (missing) return this.refuse(place, `"${form}" needs "${missing}" beside it`);
    const stray = keys.find((key) => key !== form && !needs.includes(key) && !may.includes(key));
    if (stray) return this.refuse(at(place, stray), `"${stray}" does not belong to "${form}"`);
    return this.form(form, calculation, at(place, form), place, use);
  }

  private form(form: string, calculation: Calculation, here: Place, place: Place, use: Use): Part | undefined {
    switch (form) {
      case 'value':
        return literal((calculation as Of<'value'>).value);
      case 'date':
        return this.known((calculation as Of<'date'>).date, here);
      case 'event':
        return this.event((calculation as Of<'event'>).event, here, use);
      case 'answer':
        return this.answer((calculation as Of<'answer'>).answer, here, use);
      case 'years':
      case 'months':
      case 'days':
        return this.span(form, (calculation as Record<string, Of<'years'>['years']>)[form]!, here, use);
      case 'length':
      case 'startOf':
      case 'endOf':
      case 'shift':
        return this.ofDate(form, calculation as unknown as Record<string, Calculation>, here, use);
      case 'sum':
      case 'difference':
      case 'product':
      case 'least':
      case 'greatest':
        return this.several(form, (calculation as Record<string, Calculation[]>)[form]!, here, use);
      case 'count':
        return this.count(calculation as Of<'count'>, here, place, use);
      case 'sumOver':
      case 'leastOver':
      case 'greatestOver':
        return this.over(
          form,
          calculation as unknown as { of: Calculation } & Record<string, string>,
          here,
          place,
          use,
        );
      case 'holds':
        return this.holds((calculation as Of<'holds'>).holds, here, use);
      default:
        return this.either(calculation as Of<'if'>, here, place, use);
    }
  }

  private known(edtf: string, place: Place): Part | undefined {
    const read = readPeriod(edtf);
    if (!read.ok) return this.refuse(place, read.message);
    return { type: 'date', work: () => read.date };
  }

  private event(id: string, place: Place, use: Use): Part | undefined {
    const { reference } = this.around;
    const item = reference[use.names.reference(id)];
    const { date } = (item?.entry ?? {}) as { date?: string };
    if (item && date !== undefined) return this.known(date, place);
    const known = Object.values(reference).filter(({ type }) => type === 'event' || type === 'period');
    const hint = didYouMean(
      id,
      known.map((one) => one.id),
    );
    return this.refuse(place, `the reference file has no event or period "${id}".${hint}`);
  }

  private answer(id: string, place: Place, use: Use): Part | undefined {
    const question = this.conditions.question(id, place, use);
    if (!question) return undefined;
    const type = typeOf(question);
    if (!type)
      return this.refuse(
        place,
        `"${id}" is a ${question.type}; numbers, dates and yes-or-no answers are calculated with`,
      );
    use.reads.push({ node: question.index, allItems: use.allItems });
    const { slot } = question;
    const depth = question.chain.length;
    return {
      type,
      work: (frames) => {
        const scope = frames[depth]!;
        const recorded = scope.open[slot] === 1 ? scope.answers[slot] : undefined;
        if (recorded === undefined || recorded.status !== undefined) return undefined;
        return recorded.read === undefined ? OPEN : (recorded.read as Worth);
      },
    };
  }

  private date(
    calculation: Calculation,
    place: Place,
    use: Use,
  ): ((frames: Frames) => UncertainDate | undefined) | undefined {
    const part = this.part(calculation, place, use);
    if (!part) return undefined;
    if (part.type !== 'date') return this.refuse(place, 'this must be a date');
    return part.work as (frames: Frames) => UncertainDate | undefined;
  }

  private span(unit: Unit, { from, to }: { from: Calculation; to: Calculation }, place: Place, use: Use) {
    const [a, b] = [this.date(from, at(place, 'from'), use), this.date(to, at(place, 'to'), use)];
    if (!a || !b) return undefined;
    return part('integer', (frames) => both(a(frames), b(frames), (one, other) => worth.between(unit, one, other)));
  }

  private ofDate(form: string, calculation: Record<string, Calculation>, place: Place, use: Use): Part | undefined {
    const date = this.date(calculation[form]!, place, use);
    if (!date) return undefined;
    const unit = calculation['in'] as unknown as Unit;
    const by = calculation['by'] as Of<'shift'>['by'];
    const apply = {
      length: (one: UncertainDate) => worth.lengthOf(unit, one),
      startOf: worth.startOf,
      endOf: worth.endOf,
      shift: (one: UncertainDate) => worth.shift(one, by),
    }[form]!;
    return part(form === 'length' ? 'integer' : 'date', (frames) => {
      const value = date(frames);
      return value && apply(value);
    });
  }

  private several(form: string, calculations: Calculation[], place: Place, use: Use): Part | undefined {
    const parts = calculations.map((one, index) => this.part(one, at(place, index), use));
    if (!parts.every((one) => one !== undefined)) return undefined;
    const dates = ['least', 'greatest'].includes(form) && parts.every(({ type }) => type === 'date');
    const wrong = dates ? -1 : parts.findIndex(({ type }) => !isAmount(type));
    if (wrong >= 0) return this.refuse(at(place, wrong), `this is a ${parts[wrong]!.type}; "${form}" takes numbers`);
    const type = dates ? 'date' : parts.every((one) => one.type === 'integer') ? 'integer' : 'decimal';
    const apply = {
      sum: (values: Amount[]) => worth.sum(values),
      difference: ([a, b]: Amount[]) => worth.difference(a!, b!),
      product: (values: Amount[]) => worth.product(values),
      least: (values: Amount[]) => worth.extreme(values, Math.min),
      greatest: (values: Amount[]) => worth.extreme(values, Math.max),
    }[form]!;
    return part(type, (frames) => {
      const values = parts.map(({ work }) => work(frames));
      return values.includes(undefined) ? undefined : apply(values as Amount[]);
    });
  }

  private count({ count, where }: Of<'count'>, here: Place, place: Place, use: Use): Part | undefined {
    const found = this.conditions.repeat(count, here, use);
    if (!found) return undefined;
    const clause = where && this.conditions.compile(where, at(place, 'where'), found.within);
    if (where && !clause) return undefined;
    return part('integer', (frames) => {
      const items = itemsOf(found.repeat, frames);
      return items.length === 0 ? undefined : worth.countOf(items.map((item) => (clause ? clause.test(item) : YES)));
    });
  }

  private over(
    form: string,
    calculation: { of: Calculation } & Record<string, unknown>,
    here: Place,
    place: Place,
    use: Use,
  ): Part | undefined {
    const found = this.conditions.repeat(calculation[form] as string, here, use);
    const each = found && this.part(calculation.of, at(place, 'of'), found.within);
    if (!each) return undefined;
    const usable = isAmount(each.type) || (each.type === 'date' && form !== 'sumOver');
    if (!usable) return this.refuse(at(place, 'of'), `this is a ${each.type}; "${form}" takes numbers`);
    return part(each.type, (frames) => {
      const values = itemsOf(found.repeat, frames).map((item) => each.work(item) as Amount | undefined);
      if (values.length === 0 || values.includes(undefined)) return undefined;
      const said = values as Amount[];
      return form === 'sumOver' ? worth.sum(said) : worth.extreme(said, form === 'leastOver' ? Math.min : Math.max);
    });
  }

  private holds(condition: Condition, place: Place, use: Use): Part | undefined {
    const clause = this.conditions.compile(condition, place, use);
    if (!clause) return undefined;
    return part('boolean', (frames) => {
      const value = clause.test(frames);
      return value === SILENT ? undefined : value === UNCLEAR ? OPEN : value === YES;
    });
  }

  private either(calculation: Of<'if'>, here: Place, place: Place, use: Use): Part | undefined {
    const clause = this.conditions.compile(calculation.if, here, use);
    const [yes, no] = [
      this.part(calculation.then, at(place, 'then'), use),
      this.part(calculation.else, at(place, 'else'), use),
    ];
    if (!clause || !yes || !no) return undefined;
    const amounts = isAmount(yes.type) && isAmount(no.type);
    if (yes.type !== no.type && !amounts)
      return this.refuse(place, `"then" gives a ${yes.type} and "else" a ${no.type}; both must give the same`);
    return part(yes.type === no.type ? yes.type : 'decimal', (frames) => {
      const value = clause.test(frames);
      if (value === SILENT || value === UNCLEAR)
        return worth.either(yes.work(frames), no.work(frames), value === UNCLEAR);
      return value === YES ? yes.work(frames) : no.work(frames);
    });
  }
}

const part = (type: Type, work: (frames: Frames) => Worth): Part => ({ type, work });
const literal = (value: number | boolean): Part =>
  part(typeof value === 'boolean' ? 'boolean' : Number.isSafeInteger(value) ? 'integer' : 'decimal', () => value);

function both<T>(a: T | undefined, b: T | undefined, apply: (a: T, b: T) => Worth): Worth {
  return a === undefined || b === undefined ? undefined : apply(a, b);
}

/** What a question's answers are to a calculation; nothing when they cannot be calculated with. */
function typeOf({ type, definition }: QuestionNode): Type | undefined {
  if (isNumber(type)) return type === 'integer' || definition.integer ? 'integer' : 'decimal';
  return type === 'date' || type === 'boolean' ? type : undefined;
}

function wrongType(got: Type, type: QuestionType, whole: boolean): string | undefined {
  const wanted = type === 'integer' || (type === 'number' && whole) ? 'integer' : type;
  if (got === wanted || (isNumber(type) && isAmount(got) && wanted !== 'integer')) return undefined;
  if (wanted === 'integer' && got === 'decimal')
    return 'this may not be a whole number; make the question a decimal, or calculate with whole numbers only';
  return `this calculates a ${got === 'date' || got === 'boolean' ? got : 'number'}, and the question is a ${type}`;
}

/** Every item of an open repeat, with what is around it. */
function itemsOf(repeat: RepeatNode, frames: Frames): Scope[][] {
  const depth = repeat.chain.length;
  const scope = frames[depth]!;
  if (scope.open[repeat.slot] !== 1) return [];
  return scope.items[repeat.itemsAt]!.flatMap((item) => (item ? [[...frames.slice(0, depth + 1), item]] : []));
}
