import type {
  Calculation,
  Check,
  Condition,
  Item,
  Question,
  QuestionnaireFile,
  Repeat,
  Section,
} from '../../src/domain/questionnaire/format.js';

/**
 * A second, slow reading of the format that shares no code with the engine: it walks the file anew for every question asked of
 * it. Knows boolean, choice and number questions without `neverAskChild`, and the operators and calculations a test generates.
 */

type Word = 'yes' | 'no' | 'unclear' | 'silent';
export type PlainAnswers = ReadonlyMap<string, { value?: unknown; status?: string }>;
type Path = readonly number[];
/** What a calculation comes to: bounds of a number, a truth value perhaps in doubt, or nothing. */
type Worth = { least: number; most: number; silent: boolean } | boolean | 'doubt' | undefined;

interface Entry {
  definition: Question | Repeat | Section;
  kind: 'question' | 'repeat' | 'section';
  above?: Entry;
  repeats: string[];
  parentQuestion?: Entry;
}

export const keyOf = (id: string, path: Path): string => `${id}/${path.join('.')}`;

export class PlainQuestionnaire {
  readonly entries = new Map<string, Entry>();

  constructor(private readonly file: QuestionnaireFile) {
    for (const section of file.sections) {
      const entry: Entry = { definition: section, kind: 'section', repeats: [] };
      this.entries.set(`section ${section.id}`, entry);
      this.walk(section.items, entry, []);
    }
  }

  private walk(items: readonly Item[], above: Entry, repeats: string[]): void {
    for (const item of items) {
      if ('repeat' in item) {
        const entry: Entry = { definition: item, kind: 'repeat', above, repeats };
        this.entries.set(item.id, entry);
        this.walk(item.items, entry, [...repeats, item.id]);
      } else {
        const entry: Entry = {
          definition: item,
          kind: 'question',
          above,
          repeats,
          ...(above.kind === 'question' && { parentQuestion: above }),
        };
        this.entries.set(item.id, entry);
        this.walk(item.followUps ?? [], entry, repeats);
      }
    }
  }

  /** Every question open now, by key; what fails a check, by key; and the ids of raised indicators. */
  evaluate(answers: PlainAnswers): { open: string[]; raised: string[]; failed: string[] } {
    const open: string[] = [];
    const failed: string[] = [];
    for (const [id, entry] of this.entries) {
      const { checks = [] } = entry.definition as { checks?: Check[] };
      const repeats = entry.kind === 'repeat' ? [...entry.repeats, id] : entry.repeats;
      for (const path of this.pathsOf(repeats, answers)) {
        if (entry.kind === 'section' || !this.isOpen(entry, path.slice(0, entry.repeats.length), answers)) continue;
        if (entry.kind === 'question') open.push(keyOf(id, path));
        if (entry.kind === 'question' && answers.get(keyOf(id, path))?.value === undefined) continue;
        for (const { must, ifUnclear } of checks) {
          const word = this.test(must, repeats, path, answers);
          if (word === 'no' || (word === 'unclear' && ifUnclear === 'fail')) failed.push(keyOf(id, path));
        }
      }
    }
    const raised = (this.file.indicators ?? []).filter(({ when, ifUnclear }) => {
      const word = this.test(when, [], [], answers);
      return word === 'yes' || (word === 'unclear' && ifUnclear === 'raise');
    });
    return { open: open.sort(), raised: raised.map(({ id }) => id).sort(), failed: failed.sort() };
  }

  /** All items that exist, as paths: something is recorded in each. */
  private pathsOf(repeats: readonly string[], answers: PlainAnswers): Path[] {
    if (repeats.length === 0) return [[]];
    const found = new Map<string, Path>();
    for (const key of answers.keys()) {
      const [id = '', item = ''] = key.split('/');
      const chain = this.entries.get(id)!.repeats;
      const path = item === '' ? [] : item.split('.').map(Number).slice(0, repeats.length);
      if (repeats.every((repeat, depth) => chain[depth] === repeat)) found.set(path.join('.'), path);
    }
    return [...found.values()];
  }

  private isOpen(entry: Entry, path: Path, answers: PlainAnswers): boolean {
    if (entry.above && !this.isOpen(entry.above, path.slice(0, entry.above.repeats.length), answers)) return false;
    const { when, ifUnclear } = entry.definition;
    const on = 'on' in entry.definition ? entry.definition.on : undefined;
    if (on !== undefined)
      return (
        this.test(
          { question: entry.parentQuestion!.definition.id, is: on } as Condition,
          entry.repeats,
          path,
          answers,
        ) === 'yes'
      );
    if (!when) return true;
    const word = this.test(when, entry.repeats, path, answers);
    return word === 'yes' || (word !== 'no' && ifUnclear === 'open');
  }

  private test(condition: Condition, chain: readonly string[], path: Path, answers: PlainAnswers): Word {
    const all = (conditions: Condition[]) => conditions.map((one) => this.test(one, chain, path, answers));
    if ('all' in condition) return conjunction(all(condition.all));
    if ('any' in condition) return opposite(conjunction(all(condition.any).map(opposite), 'unclear'));
    if ('none' in condition) return conjunction(all(condition.none).map(opposite));
    if ('condition' in condition) return this.test(this.file.conditions![condition.condition]!, chain, path, answers);
    if ('question' in condition) return this.leaf(condition as unknown as Record<string, unknown>, path, answers);
    return this.quantified(condition as unknown as Record<string, unknown>, path, answers);
  }

  private leaf(leaf: Record<string, unknown>, path: Path, answers: PlainAnswers): Word {
    const id = leaf['question'] as string;
    const entry = this.entries.get(id)!;
    const own = path.slice(0, entry.repeats.length);
    const [operator, right] = Object.entries(leaf).find(([key]) => key !== 'question')!;
    const read = this.read(id, path, answers);
    const { status } = (this.isOpen(entry, own, answers) && answers.get(keyOf(id, own))) || {};
    if (operator === 'answered') return read === undefined || read === 'doubt' ? 'no' : 'yes';
    if (operator === 'notAsked') return read === undefined && (status ?? 'notAsked') === 'notAsked' ? 'yes' : 'no';
    if (operator === 'unknown' || operator === 'refused') return status === operator ? 'yes' : 'no';
    const literals = typeof right === 'object' && !Array.isArray(right) ? [] : [right].flat();
    const others =
      literals.length > 0
        ? literals.map(plainWorth)
        : [this.read((right as { question: string }).question, path, answers)];
    if (read === undefined || others.includes(undefined)) return 'silent';
    const words = others.map((other) => compared(operator === 'isOneOf' ? 'is' : operator, read, other!));
    return opposite(conjunction(words.map(opposite), 'unclear'));
  }

  /** What was said to a question, or what it comes to; nothing when it is closed or was not answered. */
  private read(id: string, path: Path, answers: PlainAnswers): Worth | string {
    const entry = this.entries.get(id)!;
    const own = path.slice(0, entry.repeats.length);
    if (!this.isOpen(entry, own, answers)) return undefined;
    const { calculate } = entry.definition as Question;
    return calculate
      ? this.work(calculate, entry.repeats, own, answers)
      : plainWorth(answers.get(keyOf(id, own))?.value);
  }

  private work(calculation: Calculation, chain: readonly string[], path: Path, answers: PlainAnswers): Worth {
    const inner = (one: Calculation) => this.work(one, chain, path, answers) as Bounds | undefined;
    if ('value' in calculation) return plainWorth(calculation.value) as Worth;
    if ('answer' in calculation) return this.read(calculation.answer, path, answers) as Worth;
    if ('holds' in calculation) {
      const word = this.test(calculation.holds, chain, path, answers);
      return word === 'silent' ? undefined : word === 'unclear' ? 'doubt' : word === 'yes';
    }
    if ('sum' in calculation) return fold(calculation.sum.map(inner), (a, b) => a + b);
    if ('greatest' in calculation) return fold(calculation.greatest.map(inner), Math.max);
    if ('difference' in calculation) {
      const [a, b] = calculation.difference.map(inner);
      return fold([a, b && { ...b, least: -b.most, most: -b.least }], (one, other) => one + other);
    }
    if ('if' in calculation) {
      const word = this.test(calculation.if, chain, path, answers);
      const [yes, no] = [inner(calculation.then), inner(calculation.else)];
      if (word === 'yes' || word === 'no') return word === 'yes' ? yes : no;
      if (!yes || !no) return undefined;
      const silent = word === 'silent' || yes.silent || no.silent;
      return { least: Math.min(yes.least, no.least), most: Math.max(yes.most, no.most), silent };
    }
    if ('count' in calculation) {
      const words = this.itemsOf(calculation.count, path, answers).map(([within, item]) =>
        this.test(calculation.where!, within, item, answers),
      );
      const sure = words.filter((word) => word === 'yes').length;
      const doubt = words.filter((word) => word === 'unclear' || word === 'silent').length;
      return words.length === 0 ? undefined : { least: sure, most: sure + doubt, silent: words.includes('silent') };
    }
    const over = calculation as Extract<Calculation, { sumOver: string }>;
    const values = this.itemsOf(over.sumOver, path, answers).map(([within, item]) =>
      this.work(over.of, within, item, answers),
    );
    return values.length === 0 ? undefined : fold(values as (Bounds | undefined)[], (a, b) => a + b);
  }

  /** The items of an open repeat that agree with the path, with the repeats around them. */
  private itemsOf(id: string, path: Path, answers: PlainAnswers): [readonly string[], Path][] {
    const entry = this.entries.get(id)!;
    const own = path.slice(0, entry.repeats.length);
    if (!this.isOpen(entry, own, answers)) return [];
    const chain = [...entry.repeats, id];
    return this.pathsOf(chain, answers)
      .filter((item) => own.every((index, depth) => item[depth] === index))
      .map((item) => [chain, item]);
  }

  private quantified(condition: Record<string, unknown>, path: Path, answers: PlainAnswers): Word {
    const id = (condition['some'] ?? condition['every'] ?? condition['count']) as string;
    const items = this.itemsOf(id, path, answers);
    if (items.length === 0) return 'silent';
    const where = condition['where'] as Condition | undefined;
    const words = items.map(([chain, item]) => (where ? this.test(where, chain, item, answers) : 'yes'));
    if ('some' in condition) return opposite(conjunction(words.map(opposite), 'unclear'));
    if ('every' in condition) return conjunction(words);
    const sure = words.filter((word) => word === 'yes').length;
    const likely = sure + words.filter((word) => word === 'unclear').length;
    const most = likely + words.filter((word) => word === 'silent').length;
    if ('atLeast' in condition) {
      const bound = condition['atLeast'] as number;
      return sure >= bound ? 'yes' : likely >= bound ? 'unclear' : most >= bound ? 'silent' : 'no';
    }
    const bound = condition['atMost'] as number;
    return sure > bound ? 'no' : most <= bound ? 'yes' : words.includes('silent') ? 'silent' : 'unclear';
  }
}

type Bounds = Extract<Worth, object>;

const plainWorth = (value: unknown): Worth | string =>
  typeof value === 'number' ? { least: value, most: value, silent: false } : (value as Worth | string);

function fold(values: readonly (Bounds | undefined)[], apply: (a: number, b: number) => number): Worth {
  if (values.some((value) => value === undefined)) return undefined;
  return (values as Bounds[]).reduce((a, b) => ({
    least: apply(a.least, b.least),
    most: apply(a.most, b.most),
    silent: a.silent || b.silent,
  }));
}

const HOLDS: Record<string, (a: unknown, b: unknown) => boolean> = {
  is: (a, b) => a === b,
  isNot: (a, b) => a !== b,
  above: (a, b) => (a as number) > (b as number),
  atMost: (a, b) => (a as number) <= (b as number),
};

/** Bounds that meet leave no doubt, whatever it rested on. */
function compared(operator: string, a: NonNullable<Worth> | string, b: NonNullable<Worth> | string): Word {
  if (a === 'doubt' || b === 'doubt') return 'unclear';
  if (typeof a !== 'object' || typeof b !== 'object') return HOLDS[operator]!(a, b) ? 'yes' : 'no';
  const range = ({ least, most }: Bounds) => Array.from({ length: most - least + 1 }, (_, step) => least + step);
  const outcomes = new Set(range(a).flatMap((one) => range(b).map((other) => HOLDS[operator]!(one, other))));
  if (outcomes.size === 1) return outcomes.has(true) ? 'yes' : 'no';
  return (a.silent && a.least < a.most) || (b.silent && b.least < b.most) ? 'silent' : 'unclear';
}

const opposite = (word: Word): Word => (word === 'yes' ? 'no' : word === 'no' ? 'yes' : word);

/** Yes when all are; no when one is; else the named kind of doubt prevails. */
function conjunction(words: readonly Word[], prevails: 'silent' | 'unclear' = 'silent'): Word {
  if (words.includes('no')) return 'no';
  if (words.every((word) => word === 'yes')) return 'yes';
  return words.includes(prevails) ? prevails : prevails === 'silent' ? 'unclear' : 'silent';
}
