import type { Amount } from '../amounts.js';
import type { Literal } from '../format.js';
import type { CompiledLeaf, Plan, QuestionNode } from '../plan.js';
import { isReference } from '../operators.js';
import type { AnswerValue, Recorded, Status } from '../scope.js';
import { STATUSES } from '../scope.js';
import type { Trit } from '../trit.js';
import { readAnswer } from '../values.js';
import { dateCandidates } from './domain-dates.js';

/** What an answer may be sent as. */
export interface Said {
  value?: unknown;
  status?: Status;
}

/** Something that may be recorded for a question: nothing (`said` undefined), a status, or a value. */
export interface Candidate {
  said?: Said;
  recorded: Recorded | undefined;
}

/** More candidates than this, and a clause about the question is taken as free to come out in any way. */
const MAX_CANDIDATES = 20_000;

/** What is known about a question's surroundings when its answers are listed. */
export interface Company {
  /** All clauses about it, and about the questions it is compared with. */
  leaves: readonly CompiledLeaf[];
  /** Smallest and greatest numbers these questions allow. */
  bounds: readonly number[];
  /** How many questions are compared with each other here, itself included. */
  compared: number;
}

/**
 * Everything that may be recorded for a question, as far as these clauses can tell answers apart: all codes and entries, and of
 * numbers and dates the cut-points that clauses mention and what lies between and beside them. The first is "nothing recorded".
 * Undefined when that is too much, or worked out from other answers. multiChoice is described code by code instead (see model.ts)
 * and here only as one value.
 */
export function candidates(plan: Plan, question: QuestionNode, company: Company): Candidate[] | undefined {
  if (question.calculation) return calculated(question, company);
  const values = valuesOf(plan, question, company);
  if (!values || values.length > MAX_CANDIDATES) return undefined;
  return [
    { recorded: undefined },
    ...values,
    ...STATUSES.map((status) => ({ said: { status }, recorded: { status } })),
  ];
}

function valuesOf(plan: Plan, question: QuestionNode, company: Company): Candidate[] | undefined {
  const type: string = question.type;
  if (type === 'boolean') return [true, false].map((value) => plain(value));
  if (type === 'choice') return question.codes.map(({ code }) => plain(code));
  if (type === 'multiChoice') return [plain(question.codes.slice(0, 1).map(({ code }) => code))];
  if (type === 'date') return company.compared > 1 ? undefined : dateCandidates(company.leaves);
  if (NUMBERS.includes(type)) return numbers(company).flatMap((value) => read(plan, question, value));
  if (isReference(question.type)) return [...entries(plan, type), words({ said: 'somewhere else' })];
  if (type === 'text') return texts(plan, question);
  return [words(WORDS[type] ?? 'Some words.')];
}

/** Whatever a value of this type may be, worked out or left open: more than the calculation comes to, never less. */
function calculated({ type }: QuestionNode, company: Company): Candidate[] | undefined {
  if (company.compared > 1) return undefined;
  const open: Candidate[] = [{ recorded: undefined }, { recorded: {} }];
  if (type === 'boolean') return [...open, ...[true, false].map((value) => plain(value))];
  if (type === 'date') {
    const dates = dateCandidates(company.leaves);
    return dates && [...open, ...dates];
  }
  const all = numbers(company).filter((one) => type !== 'integer' || Number.isInteger(one));
  const ordered = all.sort((a, b) => a - b);
  if (ordered.length ** 2 > MAX_CANDIDATES) return undefined;
  const amounts = ordered.flatMap((least, at): Amount[] => [
    least,
    ...ordered.slice(at + 1).flatMap((most): Amount[] => [
      { least, most },
      { least, most, silent: true },
    ]),
  ]);
  return [...open, ...amounts.map((read) => ({ recorded: { value: read, read } }))];
}

const NUMBERS: readonly string[] = ['number', 'integer', 'decimal'];
/** An answer of the types that no clause compares. */
const WORDS: Readonly<Record<string, AnswerValue>> = {
  verbatim: { original: 'Some words.' },
  person: { said: 'somebody' },
  document: { said: 'a paper' },
};

const entries = (plan: Plan, type: string): Candidate[] =>
  Object.values(plan.reference)
    .filter((entry) => entry.type === type)
    .map(({ id }) => ({ said: { value: { ref: id } }, recorded: { value: { ref: id }, read: id } }));

const plain = (value: boolean | string | readonly string[]): Candidate => ({
  said: { value },
  recorded: { value, read: value },
});
/** Said in words that no clause can compare. */
const words = (value: AnswerValue): Candidate => ({ said: { value }, recorded: { value } });

function read(plan: Plan, question: QuestionNode, value: unknown): Candidate[] {
  const result = readAnswer(plan, question, { value });
  return result.ok ? [{ said: { value }, recorded: result.recorded }] : [];
}

/** Words as they must be written; where none of these fits the pattern, words nobody can write down here. */
function texts(plan: Plan, question: QuestionNode): Candidate[] {
  const fitting = ['Some words.', 'A', '1', 'A1', 'AB123456', '12345678'].flatMap((value) =>
    read(plan, question, value),
  );
  return [fitting[0] ?? { recorded: { value: '' } }];
}

/** The cut-points, and numbers between and beside them: as many as are compared with each other. */
function numbers({ leaves, bounds, compared }: Company): number[] {
  const literals = leaves.flatMap(({ literal }) => [literal].flat() as Literal[]);
  const cuts = [...new Set([...literals, ...bounds])]
    .filter((one): one is number => typeof one === 'number')
    .sort((a, b) => a - b);
  if (cuts.length === 0) cuts.push(0);
  const steps = Array.from({ length: compared }, (_, step) => step + 1);
  const between = cuts
    .slice(1)
    .flatMap((cut, at) => steps.map((step) => cuts[at]! + ((cut - cuts[at]!) * step) / (compared + 1)));
  const beside = cuts.flatMap((cut) => steps.flatMap((step) => [Math.floor(cut) - step, Math.floor(cut) + step]));
  return [...new Set([...cuts, ...between, ...beside])];
}

/** How a clause comes out, by what is recorded for the one or two questions it looks at. */
export class LeafTable {
  /** By depth; two questions of one clause stand in different places even where their slots are the same. */
  private readonly frames: { open: Uint8Array; answers: (Recorded | undefined)[]; items: [] }[];

  constructor(private readonly plan: Plan) {
    const slots = Math.max(...plan.scopes.map((scope) => scope.length));
    const depth = Math.max(...plan.nodes.map(({ chain }) => chain.length));
    this.frames = Array.from({ length: depth + 1 }, () => ({
      open: new Uint8Array(slots),
      answers: new Array<Recorded | undefined>(slots).fill(undefined),
      items: [],
    }));
  }

  outcome(leaf: CompiledLeaf, open: boolean, answer: Candidate | undefined, other?: Candidate): Trit {
    this.put(leaf.question, open, answer);
    if (leaf.other !== undefined) this.put(leaf.other, open, other);
    return leaf.test(this.frames);
  }

  private put(question: number, open: boolean, candidate: Candidate | undefined): void {
    const { chain, slot } = this.plan.nodes[question]!;
    const scope = this.frames[chain.length]!;
    scope.open[slot] = open ? 1 : 0;
    scope.answers[slot] = candidate?.recorded;
  }
}
