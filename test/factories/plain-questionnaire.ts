import type {
  Condition,
  Item,
  Question,
  QuestionnaireFile,
  Repeat,
  Section,
} from '../../src/domain/questionnaire/format.js';

/**
 * A second, slow reading of the format that shares no code with the engine: it walks the file anew for every question asked of
 * it. Knows boolean, choice and number questions without `neverAskChild`, and the operators a test generates.
 */

type Word = 'yes' | 'no' | 'unclear' | 'silent';
export type PlainAnswers = ReadonlyMap<string, { value?: unknown; status?: string }>;
type Path = readonly number[];

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

  /** Every question open now, by key; and the ids of raised indicators. */
  evaluate(answers: PlainAnswers): { open: string[]; raised: string[] } {
    const open: string[] = [];
    for (const [id, entry] of this.entries) {
      if (entry.kind !== 'question') continue;
      for (const path of this.pathsOf(entry.repeats, answers))
        if (this.isOpen(entry, path, answers)) open.push(keyOf(id, path));
    }
    const raised = (this.file.indicators ?? []).filter(({ when, ifUnclear }) => {
      const word = this.test(when, [], [], answers);
      return word === 'yes' || (word === 'unclear' && ifUnclear === 'raise');
    });
    return { open: open.sort(), raised: raised.map(({ id }) => id).sort() };
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
    const recorded = this.isOpen(entry, own, answers) ? answers.get(keyOf(id, own)) : undefined;
    const [operator, literal] = Object.entries(leaf).find(([key]) => key !== 'question')!;
    const { value, status } = recorded ?? {};
    if (operator === 'answered') return value !== undefined ? 'yes' : 'no';
    if (operator === 'notAsked') return recorded === undefined || status === 'notAsked' ? 'yes' : 'no';
    if (operator === 'unknown' || operator === 'refused') return status === operator ? 'yes' : 'no';
    if (value === undefined) return 'silent';
    const holds: Record<string, () => boolean> = {
      is: () => value === literal,
      isNot: () => value !== literal,
      isOneOf: () => (literal as unknown[]).includes(value),
      above: () => (value as number) > (literal as number),
      atMost: () => (value as number) <= (literal as number),
    };
    return holds[operator]!() ? 'yes' : 'no';
  }

  private quantified(condition: Record<string, unknown>, path: Path, answers: PlainAnswers): Word {
    const id = (condition['some'] ?? condition['every'] ?? condition['count']) as string;
    const entry = this.entries.get(id)!;
    const own = path.slice(0, entry.repeats.length);
    if (!this.isOpen(entry, own, answers)) return 'silent';
    const chain = [...entry.repeats, id];
    const items = this.pathsOf(chain, answers).filter((item) => own.every((index, depth) => item[depth] === index));
    if (items.length === 0) return 'silent';
    const where = condition['where'] as Condition | undefined;
    const words = items.map((item) => (where ? this.test(where, chain, item, answers) : 'yes'));
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

const opposite = (word: Word): Word => (word === 'yes' ? 'no' : word === 'no' ? 'yes' : word);

/** Yes when all are; no when one is; else the named kind of doubt prevails. */
function conjunction(words: readonly Word[], prevails: 'silent' | 'unclear' = 'silent'): Word {
  if (words.includes('no')) return 'no';
  if (words.every((word) => word === 'yes')) return 'yes';
  return words.includes(prevails) ? prevails : prevails === 'silent' ? 'unclear' : 'silent';
}
