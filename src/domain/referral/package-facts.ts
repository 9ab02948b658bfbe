import type {
  AnswerInFile,
  CaseFile,
  Content,
  InterviewInFile,
  NoticeInFile,
  SubmissionInFile,
  TranslationInFile,
} from './file.js';

/** A number in a register; anything else could be a name, and then it stays here. */
const REGISTER_NUMBER = /^(?=.*\d)[A-Za-z0-9./-]{1,40}$/;

/** What was said, shown, served and submitted, and nothing of what anybody made of it. */
export const factsOf = (file: CaseFile): Content => ({
  interviews: file.interviews.map((interview) => interviewPart(file, interview)),
  timeline: {
    note: 'The applicant’s account in the order of time, put together by rule from the answers named; no finding.',
    entries: file.timeline.entries,
  },
  documents: file.documents.map(filePart),
  notices: file.notices.filter(({ kind }) => kind !== 'purpose').map(noticePart),
  disclosures: file.disclosures.map(({ id, sourceKind, disclosedAt, content }) => ({
    id,
    sourceKind,
    sourceRef: content['sourceRef'] ?? null,
    disclosedAt,
    substance: content['substance'] ?? null,
    how: content['how'] ?? null,
  })),
  submissions: file.submissions.map(submissionPart),
});

function interviewPart(file: CaseFile, interview: InterviewInFile): Content {
  const { id, purpose, heldAt, startedAt, sealedAt, content, answers, questionnaires, recordings } = interview;
  const notices = file.notices.filter((notice) => notice.kind === 'purpose' && notice.interviewId === id);
  return {
    id,
    purpose,
    record: recordState(interview),
    openedAt: heldAt,
    startedAt,
    sealedAt,
    readBack: content['confirmation'] ?? null,
    proof: content['record'] ?? null,
    questionnaireReason: content['questionnaireReason'] ?? null,
    abandonedBecause: content['abandonedBecause'] ?? null,
    cautions: content['cautions'] ?? [],
    ...presence(content['circumstances'] as Content | undefined),
    questionnaires,
    notices: notices.map(noticeOfPurposePart),
    answers: answersPart(interview),
    followUps: followUpsOf(interview).map((one) => followUpPart(one, answers, interview.translations)),
    comments: commentsOn(file, interview),
    recordings: recordings.map(({ marks, ...recording }) => ({ ...filePart(recording), marks })),
  };
}

/** Whether there is a record that was read back, one that nobody closed, or an interview that was broken off. */
export function recordState({ sealedAt, state }: InterviewInFile): 'sealed' | 'open' | 'abandoned' {
  if (sealedAt !== null) return 'sealed';
  return state === 'abandoned' ? 'abandoned' : 'open';
}

function presence(circumstances: Content | undefined): Content {
  const interpreter = circumstances?.['interpreter'] as
    { readonly reference?: unknown; readonly confirmed?: boolean } | undefined;
  const number = String(interpreter?.reference ?? '');
  return {
    recordingAnnounced: circumstances?.['recordingAnnounced'] ?? null,
    representativePresent: circumstances?.['representativePresent'] ?? null,
    counselPresent: circumstances?.['counselPresent'] ?? null,
    interpreter: interpreter
      ? {
          number: REGISTER_NUMBER.test(number) ? number : null,
          understood: interpreter.confirmed ?? null,
          trace: 'Our register names the person behind this number or this interview to a court that orders it.',
        }
      : null,
  };
}

/** The revisions of each answer in the order in which they were made; the last one is in force. */
function answersPart({ answers, translations }: InterviewInFile): Content[] {
  const before = new Map<string, string>();
  const standing = new Set(inForce(answers).map(({ id }) => id));
  return answers.map((answer) => {
    const address = addressOf(answer);
    const correctionOf = before.get(address) ?? null;
    before.set(address, answer.id);
    const { value = null, status = null } = answer.content;
    return {
      id: answer.id,
      questionId: answer.questionId,
      item: answer.item,
      question: answer.question,
      revision: answer.revision,
      correctionOf,
      inForce: standing.has(answer.id),
      concurrent: answer.concurrent,
      recordedAt: answer.recordedAt,
      status,
      value,
      inWords: answer.inWords,
      labels: answer.labels,
      words: wordsOf(answer.content),
      translations: translationsOf(answer.id, translations),
    };
  });
}

const addressOf = ({ questionId, item }: AnswerInFile): string => `${questionId}#${item}`;

/** The last revision of every answer. */
export const inForce = (answers: readonly AnswerInFile[]): AnswerInFile[] => [
  ...new Map(answers.map((answer) => [addressOf(answer), answer])).values(),
];

interface Words {
  readonly original: string | null;
  readonly originalLanguage: string | null;
  readonly interpreted: string | null;
  readonly interpreterUnsure: boolean;
}

/** The words as spoken and as interpreted: of the answer itself where it is words, else those kept beside its value. */
export function wordsOf({ value, verbatim, answer }: Content): Words | null {
  const said = [verbatim, value, answer].find(isWords) as Partial<Words> | undefined;
  if (!said) return null;
  const { original = null, originalLanguage = null, interpreted = null, interpreterUnsure = false } = said;
  return { original, originalLanguage, interpreted, interpreterUnsure };
}

const isWords = (value: unknown): boolean =>
  value !== null && typeof value === 'object' && ('original' in value || 'interpreted' in value);

const translationsOf = (statementId: string, all: readonly TranslationInFile[]): Content[] =>
  all
    .filter((one) => one.statementId === statementId)
    .map(({ addedAt, content: { language = null, text = null, translator = null } }) => ({
      language,
      text,
      translator,
      addedAt,
    }));

/** A question of the officer's own, as it lies in the content of an interview. */
export interface FollowUpInFile extends Content {
  readonly id: string;
  readonly questionId: string;
  readonly item?: readonly number[];
}

export const followUpsOf = ({ content }: InterviewInFile): readonly FollowUpInFile[] =>
  (content['followUps'] ?? []) as readonly FollowUpInFile[];

const followUpPart = (
  { id, questionId, item = [], asked = null, status = null, at = null, ...rest }: FollowUpInFile,
  answers: readonly AnswerInFile[],
  translations: readonly TranslationInFile[],
): Content => ({
  id,
  questionId,
  item: item.join('.'),
  question: answers.find((one) => one.questionId === questionId)?.question ?? null,
  asked,
  at,
  status,
  words: wordsOf(rest),
  translations: translationsOf(id, translations),
});

const commentsOn = (file: CaseFile, { id }: InterviewInFile): string[] =>
  file.submissions.filter(({ content }) => content['interviewId'] === id).map((submission) => submission.id);

const filePart = ({ content, ...file }: CaseFile['documents'][number]): Content => ({
  id: file.id,
  name: content['name'] ?? null,
  source: content['source'] ?? null,
  custody: content['custody'] ?? null,
  sha256: file.sha256,
  bytes: file.bytes,
  mediaType: file.mediaType,
  addedAt: file.addedAt,
});

const noticeOfPurposePart = ({ id, servedAt, content }: NoticeInFile): Content => {
  const text = (content['text'] ?? null) as Content | null;
  return {
    id,
    givenAt: servedAt,
    version: text?.['version'] ?? content['version'] ?? null,
    language: content['language'] ?? null,
    acknowledged: content['acknowledged'] ?? null,
    refusalReason: content['refusalReason'] ?? null,
    transmissionTold: content['transmissionTold'] ?? null,
    text,
  };
};

const noticePart = ({ id, kind, servedAt, replyDueAt, content }: NoticeInFile): Content => ({
  id,
  kind,
  servedAt,
  replyDueAt,
  language: content['language'] ?? null,
  text: content['text'] ?? null,
  served: content['served'] ?? null,
});

const submissionPart = ({ id, kind, receivedAt, content }: SubmissionInFile): Content => ({
  id,
  kind,
  receivedAt,
  from: content['from'] ?? null,
  text: content['text'] ?? null,
  interviewId: content['interviewId'] ?? null,
});
