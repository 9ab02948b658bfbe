import type { QuestionView, RepeatView, SectionView } from '../domain/questionnaire/view.js';
import type { Caller } from './api-client.js';
import { narrator, type Narrator } from './narrator.js';

/** What an invented applicant says, by question; for a repeat one object per item. What is not here is told shortly or not known. */
export type Account = Readonly<Record<string, unknown>>;

interface InterviewView {
  readonly id: string;
  readonly sections: readonly SectionView[];
}

interface AnswerResult {
  readonly opened: readonly { readonly questionId: string }[];
  readonly raised: readonly { readonly id: string; readonly severity: string; readonly reason: string }[];
}

const SHORTLY: Readonly<Record<string, unknown>> = {
  verbatim: { interpreted: 'Told shortly.' },
  text: 'Told shortly.',
};

/** Holds one interview over the API: notice, every open question in its order, read-back, seal. Returns its id. */
export async function holdInterview(
  by: Caller,
  caseId: string,
  purpose: 'screening' | 'exclusion',
  account: Account,
  tell: Narrator = narrator,
): Promise<string> {
  const { id } = await by.post<{ id: string }>(`/api/cases/${caseId}/interviews`, { purpose });
  const command = (type: string, more: object = {}) => by.post(`/api/interviews/${id}/commands`, { type, ...more });
  await command('GIVE_NOTICE', {
    language: 'rw',
    acknowledged: true,
    recordingAnnounced: true,
    transmissionTold: true,
    interpreter: { reference: 'INT-DEMO-1', confirmed: true },
    counselPresent: true,
  });
  await command('START_INTERVIEW');
  tell.step(by.username, `holds the ${purpose} interview: notice of purpose given, recording announced`);
  await answerAll(by, id, account, tell);
  await command('FINISH_QUESTIONS');
  await command('SEAL_INTERVIEW', { readBack: true, confirmation: 'confirmed' });
  tell.note('record read back, confirmed by the applicant and sealed');
  return id;
}

async function answerAll(by: Caller, id: string, account: Account, tell: Narrator): Promise<void> {
  let asked = 0;
  for (
    let view = await by.get<InterviewView>(`/api/interviews/${id}`);
    ;
    view = await by.get<InterviewView>(`/api/interviews/${id}`)
  ) {
    const open = openQuestions(view.sections, account);
    if (open.length === 0) break;
    const before = asked;
    // What opens meanwhile is asked in the next round, in its place; what an answer closed meanwhile is passed over.
    for (const { question, value } of open) {
      const said = value ?? SHORTLY[question.type];
      const result = await by
        .post<AnswerResult>(`/api/interviews/${id}/answers`, {
          questionId: question.id,
          ...(question.item ? { item: question.item } : {}),
          ...(said === undefined ? { status: 'unknown' } : { value: said }),
        })
        .catch((error: unknown) => {
          if ((error as { problem?: { code?: string } }).problem?.code === 'commandRefused') return undefined;
          throw error;
        });
      if (!result) continue;
      asked += 1;
      tell.note(`? ${question.text}`);
      tell.note(`  ${said === undefined ? '(not known)' : words(said)}`);
      for (const { severity, reason } of result.raised) tell.note(`! ${severity} indicator: ${reason}`);
    }
    if (asked === before) throw new Error(`interview ${id} has open questions and takes no answers`);
  }
  tell.note(`${asked} questions asked`);
}

interface Open {
  readonly question: QuestionView;
  readonly value: unknown;
}

function openQuestions(sections: readonly SectionView[], account: Account): Open[] {
  return sections
    .flatMap(({ items }) => items)
    .flatMap((item) => (item.kind === 'question' ? ofQuestion(item, account) : ofRepeat(item, account)));
}

const ofQuestion = (question: QuestionView, account: Account): Open[] =>
  question.open && !question.calculated && !question.answer ? [{ question, value: account[question.id] }] : [];

function ofRepeat(repeat: RepeatView, account: Account): Open[] {
  if (!repeat.open) return [];
  const told = (account[repeat.id] ?? []) as Account[];
  const items = [...repeat.items, ...(repeat.next && repeat.items.length < told.length ? [repeat.next] : [])];
  return items.flatMap(({ index, questions }) =>
    questions.flatMap((item) =>
      item.kind === 'question' ? ofQuestion(item, told[index] ?? {}) : ofRepeat(item, told[index] ?? {}),
    ),
  );
}

function words(value: unknown): string {
  if (Array.isArray(value)) return value.map(words).join(', ');
  if (value !== null && typeof value === 'object') return Object.values(value).map(words).join(' ');
  return String(value);
}
