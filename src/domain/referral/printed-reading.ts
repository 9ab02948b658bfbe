import type { Content } from './file.js';
import { type Covers, type Line, type Words, wordsOf } from './printed-blocks.js';
import type { References } from './printed-references.js';
import { type CountryName, isNothing, isObject, isScalar, labelOf, valueInWords } from './printed-values.js';

/** Reads members of a package as people read them: references by name, dates, countries and codes in words. */
export class Reading {
  /** What codes in answers stand for, each once. */
  readonly codes = new Map<string, string>();

  constructor(
    readonly references: References,
    private readonly country: CountryName,
    private readonly covers: Covers,
  ) {}

  words(said: string): Words {
    return wordsOf(said, this.covers);
  }

  line(label: string | null, said: string): Line {
    return { label, words: this.words(said) };
  }

  /** One value by the name of its member. */
  scalar(key: string, value: string | number | boolean): string {
    if (typeof value !== 'string') return valueInWords(key, value, this.country);
    const named = this.references.nameOf(value) ?? (key === 'sourceRef' ? this.references.cited(value) : undefined);
    return named ?? valueInWords(key, value, this.country);
  }

  /** Whatever a member holds, in one piece: `Place: Kabarondo; Answers: (...) (...)`. Empty for what is empty. */
  inline(key: string, value: unknown): string {
    if (isNothing(value)) return '';
    if (isScalar(value)) return this.scalar(key, value);
    if (Array.isArray(value))
      return value
        .filter((one) => !isNothing(one))
        .map((one: unknown) => (isScalar(one) ? this.scalar(key, one) : `(${this.inline(key, one)})`))
        .join(', ');
    if (isCited(value)) return this.citation(value);
    return Object.entries(value as Content)
      .filter(([, inner]) => !isNothing(inner))
      .map(([member, inner]) => `${labelOf(member)}: ${this.inline(member, inner)}`)
      .join('; ');
  }

  /** The members of an object that have not been shown yet, a line each: nothing of a package is left out. */
  rest(object: Content, shown: readonly string[]): Line[] {
    return Object.entries(object)
      .filter(([key, value]) => !shown.includes(key) && !isNothing(value))
      .map(([key, value]) => this.line(labelOf(key), this.inline(key, value)));
  }

  /** The question an object is about, "Interview 2, question 14". */
  questionOf({ interviewId, questionId, item }: Content): string {
    const [interview, question] = [String(interviewId), String(questionId)];
    const at = Array.isArray(item) ? item.join('.') : String(item ?? '');
    const number = this.references.numbersOf(interview, question).find((one) => one.item === at)?.number;
    const name = this.references.nameOf(interview);
    if (number === undefined || name === undefined) return this.inline('', { interviewId, questionId, item });
    return `${name}, question ${number}`;
  }

  private citation(cited: Content): string {
    const said = this.scalar('said', String(cited['said']));
    if (cited['interviewId'] === '') return `particulars of the case: “${said}”`;
    return `${this.questionOf(cited)}: “${said}”`;
  }
}

/** An answer that something rests on, with nothing more than the format gives it. */
const isCited = (value: unknown): value is Content =>
  isObject(value) &&
  typeof value['interviewId'] === 'string' &&
  typeof value['questionId'] === 'string' &&
  typeof value['said'] === 'string' &&
  Object.keys(value).every((key) => ['interviewId', 'questionId', 'said', 'item'].includes(key));
