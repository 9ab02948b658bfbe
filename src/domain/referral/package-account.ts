import type { AnswerInFile, CaseFile, Content, InterviewInFile } from './file.js';
import { followUpsOf } from './package-facts.js';

/** Of an interview's own content what an account needs: who was present, that it was read back, and follow-ups (below). */
const KEPT = ['circumstances', 'confirmation'] as const;

/**
 * What of a file a victim's or witness's own account may carry: the person's own words in answer to the questions that the
 * agreement names, and who the person is. No allegation, finding, indicator, remark, document, recording or decision; nothing of
 * the claim, and not what the interview was held for; no whereabouts; nobody else's record. Without an agreement nothing was said.
 */
export function accountOf(file: CaseFile): CaseFile {
  const { account } = file;
  const interviews = file.interviews
    .filter(({ id }) => id === account?.interviewId)
    .map((interview) => ownWordsIn(interview, account?.questionIds ?? []));
  const of = new Set(interviews.map(({ id }) => id));
  return {
    ...file,
    externalReference: null,
    legacyIds: [],
    claim: null,
    person: { ...file.person, whereabouts: null, history: [] },
    thirdPersons: [],
    allegations: [],
    interviews,
    documents: [],
    notices: file.notices
      .filter(({ kind, interviewId }) => kind === 'purpose' && of.has(interviewId ?? ''))
      .map(({ content: { text, ...content }, ...notice }) => ({
        ...notice,
        content: { ...content, version: (text as Content | undefined)?.['version'] ?? content['version'] },
      })),
    disclosures: [],
    submissions: [],
    reviews: [],
    decisions: [],
    appeals: [],
    undisclosedExculpatory: false,
    timeline: { entries: [], questions: [] },
  };
}

function ownWordsIn(interview: InterviewInFile, questionIds: readonly string[]): InterviewInFile {
  const answers = interview.answers.filter(({ questionId }) => questionIds.includes(questionId)).map(withoutRemark);
  const followUps = followUpsOf(interview).filter(({ questionId }) => questionIds.includes(questionId));
  const statements = new Set([...answers, ...followUps].map(({ id }) => id));
  const kept = Object.fromEntries(KEPT.map((name) => [name, interview.content[name]] as const).filter(([, it]) => it));
  return {
    ...interview,
    // What the interview was held for, and by which questionnaire, would tell of what the person is examined for.
    purpose: null,
    questionnaires: [],
    content: { ...kept, followUps },
    answers,
    indicators: [],
    recordings: [],
    translations: interview.translations.filter(({ statementId }) => statements.has(statementId)),
  };
}

function withoutRemark({ content, ...answer }: AnswerInFile): AnswerInFile {
  const { note: _, ...said } = content;
  return { ...answer, content: said satisfies Content };
}
