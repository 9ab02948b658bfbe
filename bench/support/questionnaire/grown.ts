import type { Condition, Item, Leaf, Question, QuestionnaireFile } from '../../../src/domain/questionnaire/format.js';

/** A questionnaire made up for measuring: the same for the same size and seed. */

export type Kind = 'boolean' | 'choice' | 'integer' | 'multiChoice' | 'text';
export interface Grown {
  readonly file: QuestionnaireFile;
  readonly questions: readonly { readonly id: string; readonly kind: Kind; readonly when?: Condition }[];
}
/** One step of an interview: something is answered, or taken away again. */
export interface Step {
  readonly id: string;
  readonly value: boolean | number | string | readonly string[] | undefined;
}

/** Numbers from 0 to below 1, always the same (mulberry32). */
export function seeded(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
const upTo = (random: () => number, bound: number): number => Math.floor(random() * bound);
const oneOf = <T>(random: () => number, values: readonly T[]): T => values[upTo(random, values.length)]!;

const CODES = ['a', 'b', 'c', 'd'];
const KINDS: readonly Kind[] = ['boolean', 'choice', 'integer', 'boolean', 'choice', 'integer', 'multiChoice', 'text'];
const HUB = 50;
const CHAIN = 20;
const words = (what: string) => ({ en: `${what}: please tell me what happened then, in your own words.` });

/** `size` questions, three in five under a condition: 50 on one hub, 20 in a chain, the others on one to three earlier answers. */
export function grow(size: number, seed = 1): Grown {
  const random = seeded(seed);
  const questions: { id: string; kind: Kind; when?: Condition }[] = [];
  const free: { id: string; kind: Kind }[] = [];
  const conditions = Math.round(size * 0.6);
  const plain = size - conditions;
  const add = (kind: Kind, when?: Condition) => {
    const question = { id: `q${questions.length}`, kind, ...(when && { when }) };
    questions.push(question);
    if (!when && kind !== 'text') free.push(question);
    return question;
  };
  const hub = add('choice');
  const chain = [add('boolean')];
  for (let index = 2; index < plain; index++) add(KINDS[index % KINDS.length]!);
  for (let index = 0; index < HUB; index++)
    add(KINDS[index % KINDS.length]!, { question: hub.id, isOneOf: [CODES[index % 4]!, CODES[(index + 1) % 4]!] });
  for (let index = 0; index < CHAIN; index++) chain.push(add('boolean', { question: chain.at(-1)!.id, is: true }));
  for (let index = HUB + CHAIN; index < conditions; index++) {
    const pool = index % 5 === 0 ? questions.filter(({ kind }) => kind !== 'text') : free;
    add(KINDS[index % KINDS.length]!, clause(random, pool));
  }
  return { questions, file: fileOf(questions, free, random) };
}

function clause(random: () => number, pool: readonly { id: string; kind: Kind }[]): Condition {
  const leaves = Array.from({ length: 1 + upTo(random, 3) }, () => leaf(random, oneOf(random, pool)));
  if (leaves.length === 1) return leaves[0]!;
  return random() < 0.4 ? { all: leaves } : { any: leaves };
}

function leaf(random: () => number, { id, kind }: { id: string; kind: Kind }): Leaf {
  if (kind === 'boolean') return { question: id, is: random() < 0.5 };
  if (kind === 'integer') return { question: id, [random() < 0.5 ? 'above' : 'atMost']: upTo(random, 6) };
  if (kind === 'multiChoice') return { question: id, contains: oneOf(random, CODES) };
  return random() < 0.5 ? { question: id, is: oneOf(random, CODES) } : { question: id, isOneOf: ['a', 'c'] };
}

function fileOf(
  questions: Grown['questions'],
  free: readonly { id: string; kind: Kind }[],
  random: () => number,
): QuestionnaireFile {
  const items = questions.map(({ id, kind, when }): Question => ({
    id,
    type: kind,
    text: words(`Question ${id}`),
    purpose: 'exclusion',
    basis: [{ source: 'House rule', verified: true }],
    ...((kind === 'choice' || kind === 'multiChoice') && { list: 'codes' }),
    ...(kind === 'integer' && { min: 0, max: 9 }),
    ...(when && { when, ifUnclear: 'closed' as const }),
  }));
  const per = Math.ceil(items.length / 10);
  return {
    format: 1,
    id: 'Bench-exclusion',
    version: 1,
    purpose: 'exclusion',
    title: { en: 'Made up for measuring' },
    languages: ['en'],
    lists: { codes: CODES.map((code) => ({ code, text: { en: `The code ${code}` } })) },
    sections: Array.from({ length: 10 }, (_, index) => ({
      id: `section${index}`,
      title: { en: `Section ${index}` },
      phase: 'open' as const,
      items: items.slice(index * per, (index + 1) * per),
    })),
    indicators: Array.from({ length: 30 }, (_, index) => ({
      id: `indicator${index}`,
      when: clause(random, free),
      ifUnclear: 'silent' as const,
      severity: 'low' as const,
      ground: '1F(a)' as const,
      reason: words(`Indicator ${index}`),
      innocent: [words('It may be otherwise')],
    })),
  };
}

/** A value that the kind takes. */
export function anyValue(random: () => number, kind: Kind): NonNullable<Step['value']> {
  if (kind === 'boolean') return random() < 0.5;
  if (kind === 'integer') return upTo(random, 8);
  if (kind === 'choice') return oneOf(random, CODES);
  if (kind === 'text') return `what was said, ${upTo(random, 1000)}`;
  const chosen = CODES.filter(() => random() < 0.4);
  return chosen.length > 0 ? chosen : ['d'];
}

/** Some postings, each with six questions of which two have conditions, and two questions after them that range over all of them. */
export function withRepeat(): QuestionnaireFile {
  const ask = (id: string, type: Kind, more: Partial<Question> = {}): Question => ({
    id,
    type,
    text: words(id),
    purpose: 'exclusion',
    basis: ['House rule'],
    ...(type === 'choice' && { list: 'codes' }),
    ...more,
  });
  const posting: Item = {
    id: 'posting',
    repeat: true,
    title: { en: 'Postings' },
    itemTitle: { en: 'Posting' },
    max: 200,
    items: [
      ask('duty', 'choice'),
      ask('men', 'integer'),
      ask('commanded', 'boolean', { when: { question: 'men', above: 2 }, ifUnclear: 'closed' }),
      ask('orders', 'text', { when: { question: 'commanded', is: true }, ifUnclear: 'closed' }),
      ask('left', 'boolean'),
      ask('story', 'text'),
    ],
  };
  const { file } = grow(20);
  const after = [
    ask('command', 'text', {
      when: { some: 'posting', where: { question: 'commanded', is: true } },
      ifUnclear: 'closed',
    }),
    ask('many', 'text', {
      when: { count: 'posting', where: { question: 'men', above: 5 }, atLeast: 3 },
      ifUnclear: 'closed',
    }),
  ];
  return { ...file, indicators: [], sections: [{ ...file.sections[0]!, items: [posting, ...after] }] };
}
