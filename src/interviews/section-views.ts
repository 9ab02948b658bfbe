import type { QuestionView, RepeatView, SectionView, SessionView } from '../domain/questionnaire/view.js';
import type { DataKey } from '../platform/database/sealing.js';
import type { AnswerView } from './answer.view.js';
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

/** The sections with what is open in them, and what was answered before it closed; the rest is not shown. */
export function sectionsOf({ sections }: SessionView, revisions: Revisions): InterviewSectionView[] {
  return sections.flatMap(({ items, ...section }) => {
    const shown = shownOf(items, revisions);
    return section.open || shown.length > 0 ? [{ ...section, items: shown }] : [];
  });
}

function shownOf(items: SectionView['items'], revisions: Revisions): (InterviewQuestionView | InterviewRepeatView)[] {
  return items.flatMap<InterviewQuestionView | InterviewRepeatView>((one) =>
    one.kind === 'question' ? questionOf(one, revisions) : repeatOf(one, revisions),
  );
}

function questionOf(
  { definition, answer, calculated, ...question }: QuestionView,
  revisions: Revisions,
): InterviewQuestionView[] {
  const said = revisions.get(addressKey(question.id, question.item)) ?? [];
  if (!question.open && said.length === 0) return [];
  const { required = false, sensitive = false, purpose, basis, vocabulary, min, max, integer } = definition;
  const about = { purpose, basis, vocabulary, min, max, integer };
  const worked = calculated && { calculated: answer?.value === undefined ? {} : { value: answer.value } };
  return [{ ...question, ...worked, required, sensitive, about, answer: said.at(-1) ?? null, revisions: said }];
}

function repeatOf({ items, next, ...repeat }: RepeatView, revisions: Revisions): InterviewRepeatView[] {
  const itemOfRepeat = ({ questions, ...item }: RepeatView['items'][number]): InterviewItemView => ({
    ...item,
    questions: shownOf(questions, revisions),
  });
  const shown = items.map(itemOfRepeat).filter(({ questions }) => questions.length > 0);
  if (!repeat.open && shown.length === 0) return [];
  return [{ ...repeat, items: shown, ...(next && { next: itemOfRepeat(next) }) }];
}
