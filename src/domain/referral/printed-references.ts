import type { Content } from './file.js';
import { isObject, labelOf, oneOf } from './printed-values.js';

/** What one row of the annex says: how a thing is called on the pages, its code where it has one, its id and its hash. */
export interface Registered {
  readonly name: string;
  readonly code: string;
  readonly id: string;
  readonly sha256: string;
}

const CONTAINERS: Readonly<Record<string, string>> = {
  answers: 'Question',
  comments: 'Submission',
  entries: 'Timeline entry',
  notices: 'Notice',
  questions: 'Open question',
  underSuspicion: 'Person',
  convicted: 'Person',
  victims: 'Person',
  witnesses: 'Person',
  others: 'Person',
};

/**
 * Names that a reader can follow, for everything in a package that has an id: "Interview 2", "Document 3", and for an answer
 * "Interview 2, question 14". Revisions of an answer share the number of their question. Ids themselves stand in the annex alone.
 */
export class References {
  private readonly names = new Map<string, string>();
  private readonly owners = new Map<string, Content>();
  private readonly rows: Registered[] = [];
  private readonly counts = new Map<string, number>();
  /** Numbers of the questions of an interview, by interview and question; a question inside a repeat has several. */
  private readonly asked = new Map<string, { readonly item: string; readonly number: number }[]>();

  constructor(content: Content) {
    // What speaks for the person names things by their ids: it comes after what has them.
    const { exculpatory, ...rest } = content;
    this.walk('', rest, '');
    this.walk('exculpatory', exculpatory, '');
  }

  /** Everything that has an id, in the order of the package. */
  get registered(): readonly Registered[] {
    return this.rows;
  }

  nameOf(id: string): string | undefined {
    return this.names.get(id);
  }

  /** Whether it is this object whose id it is, and not one that points to it. */
  isOwner(object: Content): boolean {
    return typeof object['id'] === 'string' && this.owners.get(object['id']) === object;
  }

  /** A citation `<interview>#<question>` or an id, in words; undefined for what is neither. */
  cited(ref: string): string | undefined {
    const [id = '', questionId] = ref.split('#');
    const name = this.names.get(id);
    if (name === undefined || questionId === undefined) return name;
    const numbers = this.numbersOf(id, questionId).map(({ number }) => number);
    if (numbers.length === 0) return undefined;
    return `${name}, question${numbers.length > 1 ? 's' : ''} ${numbers.join(', ')}`;
  }

  numbersOf(interviewId: string, questionId: string): readonly { readonly item: string; readonly number: number }[] {
    return this.asked.get(`${interviewId}#${questionId}`) ?? [];
  }

  private walk(key: string, value: unknown, within: string): void {
    if (Array.isArray(value)) value.forEach((one: unknown) => this.walk(key, one, within));
    if (!isObject(value)) return;
    const name = this.register(key, value, within);
    const of = name?.startsWith('Interview ') ? name : within;
    for (const [member, inner] of Object.entries(value)) this.walk(member, inner, of);
  }

  private register(key: string, object: Content, within: string): string | undefined {
    const { id, sha256 } = object;
    if (typeof id !== 'string' || id === '' || this.names.has(id)) return undefined;
    const kind = CONTAINERS[key] ?? oneOf(labelOf(key));
    const isAnswer = key === 'answers' && typeof object['questionId'] === 'string' && within !== '';
    const inside =
      ['followUps', 'recordings', 'notices', 'answers'].includes(key) && within !== '' ? `${within}, ` : '';
    const number = isAnswer ? this.questionNumber(object, within) : this.next(inside + kind);
    const single = key === 'decision' || key === 'correction';
    const name = single ? kind : `${inside}${inside === '' ? kind : kind.toLowerCase()} ${number}`;
    this.names.set(id, name);
    this.owners.set(id, object);
    this.rows.push({ name, code: codeOf(object), id, sha256: typeof sha256 === 'string' ? sha256 : '' });
    return name;
  }

  private questionNumber({ questionId, item }: Content, within: string): number {
    const interviewId = this.rows.find(({ name }) => name === within)?.id ?? '';
    const address = `${interviewId}#${String(questionId)}`;
    const asked = this.asked.get(address) ?? [];
    const known = asked.find((one) => one.item === String(item ?? ''));
    if (known) return known.number;
    const number = this.next(`${within}, Question`);
    this.asked.set(address, [...asked, { item: String(item ?? ''), number }]);
    return number;
  }

  private next(kind: string): number {
    const number = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, number);
    return number;
  }
}

/** By which its questionnaire calls it. */
function codeOf({ questionId, indicatorId, item }: Content): string {
  const code = [questionId, indicatorId].find((one) => typeof one === 'string');
  if (code === undefined) return '';
  return typeof item === 'string' && item !== '' ? `${String(code)}#${item}` : String(code);
}
