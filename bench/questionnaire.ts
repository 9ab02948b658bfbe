/**
 * One interview of 1,000 seeded answers through a questionnaire of 500 questions and 300 conditions (50 on one hub, a chain of
 * 20), beside survey-core, json-logic-engine and a plain interpreter; after every answer all four ask the same questions.
 * Run: npm run bench:questionnaire [-- --json] [--rounds=5].
 */
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { lintFiles } from '../src/domain/questionnaire/lint/lint.js';
import { compile } from '../src/domain/questionnaire/compile.js';
import type { QuestionnaireFile } from '../src/domain/questionnaire/format.js';
import type { Plan, SourceFile } from '../src/domain/questionnaire/plan.js';
import { answer, start, type AnswerInput } from '../src/domain/questionnaire/session.js';
import { type Contender, JsonLogic, Plain, Product, SurveyCore } from './support/questionnaire/contenders.js';
import { anyValue, grow, type Grown, seeded, type Step, withRepeat } from './support/questionnaire/grown.js';
import { lowest, median, rounded } from './support/statistics.js';

const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '5' } },
});
const rounds = Math.max(3, Number(options.rounds));
const context = { child: 'no', language: 'en' } as const;
const STEPS = 1000;

const filesOf = (content: QuestionnaireFile): SourceFile[] => [{ file: 'Bench/exclusion.v1.json', content }];
const planOf = (content: QuestionnaireFile): Plan => {
  const result = compile(filesOf(content));
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 2));
  return result.plan;
};

function timed<T>(work: () => T): { ms: number; result: T } {
  const from = performance.now();
  const result = work();
  return { ms: performance.now() - from, result };
}
const times = (count: number, work: () => unknown): number[] => Array.from({ length: count }, () => timed(work).ms);
const mid = (count: number, work: () => unknown): number => median(times(count, work))!;
const percentile = (sorted: Float64Array, part: number): number => sorted[Math.floor((sorted.length - 1) * part)]!;

/** What a person might be asked and say: always a question that is asked then; one in twenty is taken back. */
function interview(grown: Grown): { steps: Step[]; asked: string[] } {
  const random = seeded(7);
  const kinds = new Map(grown.questions.map(({ id, kind }) => [id, kind]));
  const reference = new Plain(grown);
  const steps: Step[] = [];
  const asked: string[] = [];
  for (let n = 0; n < STEPS; n++) {
    const visible = reference.visible();
    // The hub and the chain are visited often, so that much opens and closes.
    const id = random() < 0.1 ? visible[Math.floor(random() * 2)]! : visible[Math.floor(random() * visible.length)]!;
    const step = { id, value: random() < 0.05 ? undefined : anyValue(random, kinds.get(id)!) };
    reference.take(step);
    steps.push(step);
    asked.push([...reference.visible()].sort().join());
  }
  return { steps, asked };
}

/** Milliseconds for all steps; with `asked`, says where the questions asked are others than the reference asks. */
function play(contender: Contender, steps: readonly Step[], asked?: readonly string[]): number {
  let ms = 0;
  for (const [index, step] of steps.entries()) {
    const from = performance.now();
    contender.take(step);
    ms += performance.now() - from;
    if (asked && [...contender.visible()].sort().join() !== asked[index])
      throw new Error(
        `${contender.constructor.name} asks other questions after answer ${index} (${JSON.stringify(step)})`,
      );
  }
  return ms;
}

/** Says how far it is; figures go to the other stream. */
const say = (line: string): void => void process.stderr.write(`${line}\n`);

function beside(grown: Grown) {
  const plan = planOf(grown.file);
  const { steps, asked } = interview(grown);
  const answers: number[] = [];
  const start = {
    product: () => new Product(plan, (ms) => answers.push(ms)),
    surveyCore: () => new SurveyCore(grown),
    jsonLogic: () => new JsonLogic(grown),
    plain: () => new Plain(grown),
  };
  const names = Object.keys(start) as (keyof typeof start)[];
  for (const name of names) play(start[name](), steps, asked);
  say(`all four ask the same questions after each of ${steps.length} answers`);
  const totals = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<
    keyof typeof start,
    number[]
  >;
  answers.length = 0;
  for (let round = 0; round < rounds; round++) for (const name of names) totals[name].push(play(start[name](), steps));
  return { answers: Float64Array.from(answers).sort(), totals };
}

/** How long each answer takes the product alone. */
function answerTimes(grown: Grown): Float64Array {
  const plan = planOf(grown.file);
  const { steps, asked } = interview(grown);
  play(new Product(plan), steps, asked);
  const answers: number[] = [];
  for (let round = 0; round < rounds; round++) play(new Product(plan, (ms) => answers.push(ms)), steps);
  return Float64Array.from(answers).sort();
}

/** Kilobytes that one more interview holds after these answers. */
function sessionKB(plan: Plan, given: readonly AnswerInput[]): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const copies = Array.from({ length: 100 }, () => JSON.stringify(given));
  collect();
  const before = process.memoryUsage().heapUsed;
  const sessions = copies.map((text) => start(plan, context, JSON.parse(text) as AnswerInput[]));
  collect();
  const kilobytes = (process.memoryUsage().heapUsed - before) / 1024 / sessions.length;
  return sessions.length > 0 ? kilobytes : 0;
}

/** An answer to every question; of a closed one it is kept and counts as not asked. */
function toEvery({ questions }: Grown): AnswerInput[] {
  const random = seeded(11);
  return questions.map(({ id, kind }) => ({ questionId: id, value: anyValue(random, kind) }));
}

/** One more answer in the hundredth item of a repeat that two questions after it range over. */
function hundredthRow(): number {
  const plan = planOf(withRepeat());
  const rows = Array.from({ length: 100 }, (_, item): AnswerInput[] => [
    { questionId: 'duty', item, value: 'a' },
    { questionId: 'men', item, value: item % 7 },
    { questionId: 'story', item, value: 'what was said' },
  ]);
  const session = start(plan, context, rows.flat());
  let men = 0;
  return mid(500, () => {
    const taken = answer(session, { questionId: 'men', item: 99, value: men++ % 8 });
    if (!taken.ok) throw new Error(taken.message);
  });
}

function main(): Record<string, number | string | undefined> {
  const grown = grow(500);
  const files = filesOf(grown.file);
  const first = timed(() => compile(files)).ms;
  const used = process.cpuUsage();
  const compiles = times(25, () => compile(files));
  const { user, system } = process.cpuUsage(used);
  const { answers, totals } = beside(grown);
  const plan = planOf(grown.file);
  const given = toEvery(grown);
  const ratio = (to: number[]) => median(totals.product.map((ms, round) => to[round]! / ms));
  const large = grow(2000);
  const largeFiles = filesOf(large.file);
  const largeAnswers = answerTimes(large);
  const p50 = percentile(answers, 0.5);
  const largeP50 = percentile(largeAnswers, 0.5);
  const largeCompiles = times(15, () => compile(largeFiles));
  return {
    compileMs: median(compiles),
    compileFirstMs: first,
    compileLowestMs: lowest(compiles),
    // With what the collector and the optimising compiler do meanwhile on other processors.
    compileCpuMs: (user + system) / 1000 / compiles.length,
    sessionMs: mid(50, () => start(plan, context)),
    answerP50Ms: p50,
    answerP99Ms: percentile(answers, 0.99),
    sessionKB: sessionKB(plan, given),
    ratioToSurveyCore: ratio(totals.surveyCore),
    ratioToJsonLogic: ratio(totals.jsonLogic),
    ratioToPlain: ratio(totals.plain),
    surveyCoreMsPerAnswer: median(totals.surveyCore)! / STEPS,
    jsonLogicMsPerAnswer: median(totals.jsonLogic)! / STEPS,
    plainMsPerAnswer: median(totals.plain)! / STEPS,
    productMsPerAnswer: median(totals.product)! / STEPS,
    resumeMs: mid(30, () => start(plan, context, given)),
    resumedAnswers: given.length,
    hundredthRowMs: hundredthRow(),
    compile2000Ms: median(largeCompiles),
    answer2000P50Ms: largeP50,
    answer2000P99Ms: percentile(largeAnswers, 0.99),
    // Of the quickest of each: the others say how busy the machine was.
    growthOfCompile: lowest(largeCompiles) / lowest(compiles) / 4,
    growthOfAnswer: largeP50 / p50 / 4,
    lintMs: mid(3, () => lintFiles(files)),
    questions: grown.questions.length,
    conditions: grown.questions.filter(({ when }) => when).length,
    answers: STEPS,
    rounds,
    node: process.versions.node,
  };
}

const figures = rounded(main());
if (options.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
else for (const [name, value] of Object.entries(figures)) process.stdout.write(`${name.padEnd(24)} ${value}\n`);
