import { explain, type Why } from './explain.js';
import { indicatorViews, notesOf, type IndicatorView, type NoteView } from './indicator-view.js';
import { failedChecks, type FailedCheck } from './checks.js';
import type { Phase, Question } from './format.js';
import type { Frames, Plan, PlanNode, QuestionNode, RepeatNode, SectionNode } from './plan.js';
import { pipedValue } from './pipes.js';
import { Replay, framesAt } from './replay.js';
import type { AnswerValue, Recorded, Status } from './scope.js';
import { type Session } from './session.js';
import { fillPipes, inLanguage } from './texts.js';

export interface QuestionView {
  kind: 'question';
  id: string;
  /** Inside repeats: the item it belongs to. */
  item?: readonly number[];
  /** The question it follows up. */
  follows?: string;
  type: Question['type'];
  text: string;
  note?: string;
  open: boolean;
  why: Why;
  /** Worked out from other answers; never asked. */
  calculated?: true;
  /** Checks its answer does not pass. */
  failed: FailedCheck[];
  /** What was recorded; kept when the question is closed, and then counts as not asked. */
  answer?: { value?: AnswerValue; status?: Status };
  codes?: { code: string; text: string; parent?: string; exclusive?: true }[];
  definition: Question;
}
export interface RepeatView {
  kind: 'repeat';
  id: string;
  /** Inside other repeats: the item it belongs to. */
  item?: readonly number[];
  title: string;
  open: boolean;
  why: Why;
  min: number;
  max: number;
  items: ItemView[];
  /** The item that does not exist yet, as it would be asked; absent when there are as many as there may be. */
  next?: ItemView;
}
export interface ItemView {
  index: number;
  title: string;
  /** Checks of the repeat that this item does not pass. */
  failed: FailedCheck[];
  questions: (QuestionView | RepeatView)[];
}
export interface SectionView {
  id: string;
  title: string;
  note?: string;
  phase: Phase;
  open: boolean;
  why: Why;
  items: (QuestionView | RepeatView)[];
}
export interface SessionView {
  sections: SectionView[];
  indicators: IndicatorView[];
  notes: NoteView[];
  /** Open questions; those of them with a value or a status; required open ones with neither. */
  open: number;
  answered: number;
  missing: { questionId: string; item?: readonly number[] }[];
  /** Checks that fail, with the question or item they stand on. */
  failed: (FailedCheck & { item?: readonly number[] })[];
}

/** Everything there is to show of an interview, in the language of its context. */
export function view(session: Session): SessionView {
  const { plan, root } = session;
  const children = childrenOf(plan);
  const sections = plan.nodes
    .filter((node): node is SectionNode => node.kind === 'section')
    .map((node) => sectionView(session, node, [root], children));
  const asked = openQuestions(sections.flatMap(({ items }) => items));
  return {
    sections,
    indicators: indicatorViews(session),
    notes: notesOf(session),
    open: asked.length,
    answered: asked.filter(({ answer }) => answer !== undefined).length,
    missing: asked
      .filter(({ answer, definition }) => definition.required && answer === undefined)
      .map(({ id, item }) => ({ questionId: id, ...(item && { item }) })),
    failed: failedIn(sections.flatMap(({ items }) => items)),
  };
}

function failedIn(items: readonly (QuestionView | RepeatView)[]): SessionView['failed'] {
  const located = (failed: readonly FailedCheck[], item: readonly number[] | undefined) =>
    failed.map((one) => ({ ...one, ...(item && { item }) }));
  return items.flatMap((one) =>
    one.kind === 'question'
      ? located(one.failed, one.item)
      : one.items.flatMap(({ index, failed, questions }) => [
          ...located(failed, [...(one.item ?? []), index]),
          ...failedIn(questions),
        ]),
  );
}

function openQuestions(items: readonly (QuestionView | RepeatView)[]): QuestionView[] {
  return items.flatMap((one) =>
    one.kind === 'question'
      ? one.open && !one.calculated
        ? [one]
        : []
      : one.items.flatMap(({ questions }) => openQuestions(questions)),
  );
}

type Children = ReadonlyMap<number, PlanNode[]>;

/** What stands directly in each section or repeat; follow-ups stand beside their parents, after them. */
function childrenOf(plan: Plan): Children {
  const children = new Map<number, PlanNode[]>();
  for (const node of plan.nodes) {
    let home = plan.nodes[node.container];
    while (home?.kind === 'question') home = plan.nodes[home.container];
    if (!home) continue;
    if (!children.has(home.index)) children.set(home.index, []);
    children.get(home.index)!.push(node);
  }
  return children;
}

function sectionView(session: Session, node: SectionNode, frames: Frames, children: Children): SectionView {
  const { language } = session.context;
  const { title, note, phase } = node.definition;
  return {
    id: node.id,
    title: inLanguage(title, language),
    ...(note && { note: inLanguage(note, language) }),
    phase,
    ...openness(session, node, frames),
    items: itemsIn(session, node, frames, [], children),
  };
}

function itemsIn(
  session: Session,
  home: PlanNode,
  frames: Frames,
  item: readonly number[],
  children: Children,
): (QuestionView | RepeatView)[] {
  return (children.get(home.index) ?? []).flatMap((node): (QuestionView | RepeatView)[] => {
    if (node.kind === 'question') return [questionView(session, node, frames, item)];
    return node.kind === 'repeat' ? [repeatView(session, node, frames, item, children)] : [];
  });
}

function openness(session: Session, node: PlanNode, frames: Frames): { open: boolean; why: Why } {
  return { open: frames[node.chain.length]!.open[node.slot] === 1, why: explain(session, node, frames) };
}

function questionView(session: Session, node: QuestionNode, frames: Frames, item: readonly number[]): QuestionView {
  const { plan, context } = session;
  const { definition, codes } = node;
  const recorded = frames[node.chain.length]!.answers[node.slot];
  const parent = plan.nodes[node.container];
  return {
    kind: 'question',
    id: node.id,
    ...(item.length > 0 && { item }),
    ...(parent?.kind === 'question' && { follows: parent.id }),
    type: node.type,
    text: fillPipes(inLanguage(definition.text, context.language), (name) =>
      pipedValue(session, node.pipes[name], frames),
    ),
    ...(definition.note && { note: inLanguage(definition.note, context.language) }),
    ...openness(session, node, frames),
    ...(node.calculation && { calculated: true as const }),
    failed: failedChecks(session, node, frames),
    ...answerView(recorded),
    ...(codes.length > 0 && {
      codes: codes.map(({ code, text, parent: above, exclusive }) => ({
        code,
        text: inLanguage(text, context.language),
        ...(above && { parent: above }),
        ...(exclusive && { exclusive: true as const }),
      })),
    }),
    definition,
  };
}

function answerView(recorded: Recorded | undefined): Pick<QuestionView, 'answer'> {
  if (recorded?.status !== undefined) return { answer: { status: recorded.status } };
  return recorded?.value === undefined ? {} : { answer: { value: recorded.value } };
}

function repeatView(
  session: Session,
  node: RepeatNode,
  frames: Frames,
  item: readonly number[],
  children: Children,
): RepeatView {
  const { plan, context } = session;
  const { definition } = node;
  const scopes = frames[node.chain.length]!.items[node.itemsAt]!;
  const title = inLanguage(definition.itemTitle, context.language);
  const itemView = (within: Session, around: Frames, index: number): ItemView => ({
    index,
    title,
    failed: failedChecks(within, node, around),
    questions: itemsIn(within, node, around, [...item, index], children),
  });
  const shown = openness(session, node, frames);
  const blank =
    shown.open && scopes.length < node.max ? withNewItem(session, node, [...item, scopes.length]) : undefined;
  return {
    kind: 'repeat',
    id: plan.nodes[node.index]!.id,
    ...(item.length > 0 && { item }),
    title: inLanguage(definition.title, context.language),
    ...shown,
    min: definition.min ?? 0,
    max: node.max,
    items: scopes.flatMap((scope, index) =>
      scope ? [itemView(session, [...frames.slice(0, node.chain.length + 1), scope], index)] : [],
    ),
    ...(blank && { next: itemView(blank.session, blank.frames, scopes.length) }),
  };
}

/** The interview as it would be with one more, still empty, item: nothing is recorded. */
function withNewItem(
  session: Session,
  node: RepeatNode,
  item: readonly number[],
): { session: Session; frames: Frames } {
  const { plan, context, root, raised } = session;
  const inside = plan.nodes[plan.scopes[node.itemScope]![0]!]!;
  const trial = new Replay(plan, context, root, raised);
  trial.probe(inside, item);
  return { session: { ...session, root: trial.root }, frames: framesAt(plan, trial.root, inside, item)! };
}
