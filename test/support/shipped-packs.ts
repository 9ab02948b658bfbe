import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { compilePack, type PackResult } from '../../src/domain/questionnaire/pack.js';
import type { Plan, SourceFile } from '../../src/domain/questionnaire/plan.js';
import { answer, start, type Context, type Session } from '../../src/domain/questionnaire/session.js';
import { view, type IndicatorView, type QuestionView, type RepeatView } from '../../src/domain/questionnaire/view.js';

const folder = join(process.cwd(), 'questionnaires');
const files: SourceFile[] = ['RW', 'base'].flatMap((pack) =>
  readdirSync(join(folder, pack), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({
      file: relative(folder, path).split(sep).join('/'),
      content: JSON.parse(readFileSync(path, 'utf8')) as unknown,
    })),
);
/** The packs of the repository, compiled from the files on disk. */
export const packs: { [pack: string]: PackResult } = Object.fromEntries(
  ['RW', 'base'].map((pack) => [pack, compilePack(pack, files, { knownCountries: ['RW'] })]),
);

/** The plan of one shipped questionnaire. */
export const planOf = (id: string): Plan => {
  const plan = Object.values(packs)
    .flatMap((pack) => (pack.ok ? pack.plans : []))
    .find((one) => one.id === id);
  if (!plan) throw new Error(`no plan ${id}`);
  return plan;
};

/** What an applicant says, by question; for a repeat, one object per item. What is not said is answered shortly or "unknown". */
export type Account = { [question: string]: unknown };

export interface Played {
  session: Session;
  asked: string[];
  /** What the account speaks of and nobody asked. */
  unasked: string[];
  open: number;
  indicators: IndicatorView[];
}

export const adult: Context = { child: 'no', language: 'en' };
const SHORTLY: { [type: string]: unknown } = { verbatim: { original: 'Told shortly.' }, text: 'Told shortly.' };

/** Plays a whole interview: asks what is open, in order, until nothing open is unanswered. */
export function play(plan: Plan, account: Account, context: Context = adult): Played {
  let session = start(plan, context);
  const asked: string[] = [];
  for (;;) {
    const next = nextQuestion(session, account);
    if (!next) break;
    const said = next.item ? itemOf(account, next.repeat!, next.item)?.[next.question.id] : account[next.question.id];
    const value = said ?? SHORTLY[next.question.type];
    const result = answer(session, {
      questionId: next.question.id,
      ...(next.item && { item: next.item }),
      ...(value === undefined ? { status: 'unknown' } : { value }),
    });
    if (!result.ok) throw new Error(`${next.question.id}: ${result.message}`);
    session = result.session;
    asked.push(next.question.id);
  }
  const { open, indicators } = view(session);
  const said = Object.entries(account).flatMap(([id, value]) =>
    plan.nodes[plan.byId[id] ?? -1]?.kind === 'repeat' ? (value as Account[]).flatMap(Object.keys) : [id],
  );
  return { session, asked, unasked: said.filter((id) => !asked.includes(id)), open, indicators };
}

const itemOf = (account: Account, repeat: string, item: readonly number[]) =>
  (account[repeat] as Account[] | undefined)?.[item[0]!];

interface Next {
  question: QuestionView;
  repeat?: string;
  item?: readonly number[];
}

function nextQuestion(session: Session, account: Account): Next | undefined {
  for (const item of view(session).sections.flatMap(({ items }) => items)) {
    const next =
      item.kind === 'question' ? (item.open && !item.answer ? { question: item } : undefined) : inRepeat(item, account);
    if (next) return next;
  }
  return undefined;
}

function inRepeat(repeat: RepeatView, account: Account): Next | undefined {
  if (!repeat.open) return undefined;
  const wanted = (account[repeat.id] as Account[] | undefined)?.length ?? 0;
  const items = [...repeat.items, ...(repeat.next && repeat.items.length < wanted ? [repeat.next] : [])];
  for (const { questions } of items)
    for (const question of questions)
      if (question.kind === 'question' && question.open && !question.answer)
        return { question, repeat: repeat.id, item: question.item! };
  return undefined;
}

/** The ids of indicators, perhaps of one severity only. */
export const ids = (indicators: readonly IndicatorView[], severity?: string) =>
  indicators.filter((one) => !severity || one.severity === severity).map(({ id }) => id);
