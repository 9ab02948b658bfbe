import type { QuestionView, RepeatView, SectionView, SessionView } from '../domain/questionnaire/view.js';
import type { DataKey } from '../platform/database/sealing.js';
import type { AnswerView } from './answer.view.js';
import type { FollowUp } from './interview-content.js';
import { addressKey, contentOf, itemOf } from './interview-sessions.js';
import type { StoredAnswer } from './interview.store.js';
import type {
  InterviewItemView,
  InterviewQuestionView,
  InterviewRepeatView,
  InterviewSectionView,
} from './interview.view.js';

/** Every revision of every answer by address (`addressKey`), oldest first. */
export type Revisions = ReadonlyMap<string, readonly AnswerView[]>;

export function revisionsOf(
  answers: readonly StoredAnswer[],
  key: DataKey,
  nameOf: (userId: string) => string,
): Revisions {
  const found = new Map<string, AnswerView[]>();
  for (const row of answers) {
    const item = itemOf(row.item);
    const address = addressKey(row.question_id, item);
    const view: AnswerView = {
      id: row.id,
      questionId: row.question_id,
      ...(item.length > 0 && { item }),
      revision: row.revision,
      concurrent: row.concurrent,
      basedOn: row.based_on,
      ...contentOf(row, key),
      recordedBy: nameOf(row.recorded_by),
      recordedAt: row.recorded_at,
    };
    found.set(address, [...(found.get(address) ?? []), view]);
  }
  return found;
}

/** What was said, by address: every revision of every answer, and what the officer asked beyond them. */
export interface Said {
  readonly revisions: Revisions;
  readonly followUps: ReadonlyMap<string, readonly FollowUp[]>;
}

/** Follow-ups by the address of the question they follow up, in the order asked. */
export function followUpsByAddress(followUps: readonly FollowUp[]): Said['followUps'] {
  const found = new Map<string, FollowUp[]>();
  for (const one of followUps) {
    const address = addressKey(one.questionId, one.item);
    found.set(address, [...(found.get(address) ?? []), one]);
  }
  return found;
}

/** The sections with what is open in them, and what was answered before it closed; the rest is not shown. */
export function sectionsOf({ sections }: SessionView, said: Said): InterviewSectionView[] {
  return sections.flatMap(({ items, ...section }) => {
    const shown = shownOf(items, said);
    return section.open || shown.length > 0 ? [{ ...section, items: shown }] : [];
  });
}

function shownOf(items: SectionView['items'], said: Said): (InterviewQuestionView | InterviewRepeatView)[] {
  return items.flatMap<InterviewQuestionView | InterviewRepeatView>((one) =>
    one.kind === 'question' ? questionOf(one, said) : repeatOf(one, said),
  );
}

function questionOf(
  { definition, answer, calculated, ...question }: QuestionView,
  { revisions, followUps }: Said,
): InterviewQuestionView[] {
  const address = addressKey(question.id, question.item);
  const said = revisions.get(address) ?? [];
  const askedOn = followUps.get(address) ?? [];
  if (!question.open && said.length === 0 && askedOn.length === 0) return [];
  const { required = false, sensitive = false, purpose, basis, vocabulary, min, max, integer } = definition;
  const about = { purpose, basis, vocabulary, min, max, integer };
  const worked = calculated && { calculated: answer?.value === undefined ? {} : { value: answer.value } };
  const shown = { required, sensitive, about, answer: said.at(-1) ?? null, revisions: said, followUps: askedOn };
  return [{ ...question, ...worked, ...shown }];
}

function repeatOf({ items, next, ...repeat }: RepeatView, said: Said): InterviewRepeatView[] {
  const itemOfRepeat = ({ questions, ...item }: RepeatView['items'][number]): InterviewItemView => ({
    ...item,
    questions: shownOf(questions, said),
  });
  const shown = items.map(itemOfRepeat).filter(({ questions }) => questions.length > 0);
  if (!repeat.open && shown.length === 0) return [];
  return [{ ...repeat, items: shown, ...(next && { next: itemOfRepeat(next) }) }];
}
