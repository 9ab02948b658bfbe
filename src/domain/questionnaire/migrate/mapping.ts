import type { Plan, QuestionNode } from '../plan.js';
import { didYouMean } from '../problems.js';
import { findQuestion } from '../values.js';

/** Where the answers to one question of the former version go in the next one. */
export type Destination =
  | {
      readonly to: string;
      /** Codes that are called otherwise now, or are given up with a reason; the others stay. */
      readonly codes?: Readonly<Record<string, string | { readonly dropped: string }>>;
    }
  | { readonly dropped: string };

/** Questions that are not named keep their id; those that cannot must be named. */
export interface Mapping {
  readonly questions: Readonly<Record<string, Destination>>;
}

export interface MappingProblem {
  /** JSON Pointer into the mapping. */
  readonly pointer: string;
  readonly message: string;
}

/** Reads a mapping as it is sent, or says what to write instead. */
export function readMapping(body: unknown): { mapping: Mapping } | { problems: MappingProblem[] } {
  const { questions = {}, ...rest } = objectOf(body) ?? { body };
  const problems = Object.keys(rest).map((key) => ({
    pointer: `/${key}`,
    message: 'there is no such key; write "questions"',
  }));
  const entries = Object.entries(objectOf(questions) ?? {});
  if (objectOf(questions) === undefined) problems.push({ pointer: '/questions', message: SHAPE });
  for (const [id, value] of entries) if (!isDestination(value)) problems.push({ pointer: at(id), message: SHAPE });
  return problems.length > 0
    ? { problems }
    : { mapping: { questions: Object.fromEntries(entries) as Mapping['questions'] } };
}

const SHAPE =
  'say where the answers go: {"to": "newId"}, {"to": "newId", "codes": {"old": "new", "gone": {"dropped": "why"}}} or {"dropped": "why"}';

function isDestination(value: unknown): boolean {
  const { to, dropped, codes, ...rest } = objectOf(value) ?? {};
  if (Object.keys(rest).length > 0) return false;
  if (to === undefined) return isReason(dropped) && codes === undefined;
  const mapped = codes === undefined ? [] : Object.values(objectOf(codes) ?? { wrong: 1 });
  return (
    typeof to === 'string' &&
    dropped === undefined &&
    mapped.every((code) => typeof code === 'string' || isReason(objectOf(code)?.['dropped']))
  );
}

const isReason = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';
const objectOf = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
const at = (...steps: string[]): string =>
  ['questions', ...steps].map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** Everything a mapping leaves open or gets wrong between two versions; nothing when every answer has somewhere to go. */
export function checkMapping(from: Plan, to: Plan, { questions }: Mapping): MappingProblem[] {
  const problems: MappingProblem[] = [];
  const known = Object.keys(from.byId);
  for (const id of Object.keys(questions))
    if (!findQuestion(from, id))
      problems.push({
        pointer: at(id),
        message: `the former version has no question "${id}".${didYouMean(id, known)}`,
      });
  const takenBy = new Map<string, string>();
  for (const node of from.nodes) {
    if (node.kind !== 'question' || node.calculation) continue;
    const destination = questions[node.id] ?? { to: node.id };
    if ('dropped' in destination) continue;
    const other = takenBy.get(destination.to);
    if (other !== undefined)
      problems.push({
        pointer: at(node.id),
        message: `the answers to "${other}" go to "${destination.to}" already; drop one of the two with a reason`,
      });
    takenBy.set(destination.to, node.id);
    problems.push(...misfits(from, to, node, destination, questions[node.id] !== undefined));
  }
  return problems;
}

function misfits(
  from: Plan,
  to: Plan,
  node: QuestionNode,
  destination: Extract<Destination, { to: string }>,
  named: boolean,
): MappingProblem[] {
  const target = findQuestion(to, destination.to);
  const problem = (message: string, ...steps: string[]) => ({ pointer: at(node.id, ...steps), message });
  const instead = `; name another one {"to": "..."}, or drop its answers {"dropped": "why"}`;
  if (!target || target.calculation) {
    const nearest = named ? didYouMean(destination.to, Object.keys(to.byId)) : '';
    return [problem(`the next version has no question "${destination.to}" to take answers${instead}.${nearest}`)];
  }
  if (target.type !== node.type)
    return [
      problem(
        `"${target.id}" is of the type ${target.type} now, and "${node.id}" was of the type ${node.type}${instead}`,
      ),
    ];
  if (repeatsOf(from, node) !== repeatsOf(to, target))
    return [problem(`"${target.id}" is not asked in the same repeats as "${node.id}" was${instead}`)];
  const { codes = {} } = destination;
  const now = new Set(target.codes.map(({ code }) => code));
  const lost = node.codes.filter(({ code }) => codes[code] === undefined && !now.has(code));
  const wrong = Object.entries(codes).flatMap(([code, next]) => {
    if (!node.codes.some((one) => one.code === code))
      return [problem(`"${node.id}" had no code "${code}"`, 'codes', code)];
    return typeof next === 'string' && !now.has(next)
      ? [problem(`"${target.id}" has no code "${next}".${didYouMean(next, [...now])}`, 'codes', code)]
      : [];
  });
  return [
    ...wrong,
    ...lost.map(({ code }) =>
      problem(
        `"${target.id}" has no code "${code}" any more; say in "codes" which takes its place, or drop it with a reason`,
      ),
    ),
  ];
}

const repeatsOf = (plan: Plan, { chain }: QuestionNode): string =>
  chain.map((index) => plan.nodes[index]!.id).join('/');
