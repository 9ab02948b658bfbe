import type { CaseFile, Content, InterviewInFile } from './file.js';
import { inForce } from './package-facts.js';

/** What officers and rules made of the facts: remarks, indicators with what raised them, open questions, reviews. */
export const assessmentsOf = (file: CaseFile): Content => ({
  remarks: file.interviews.flatMap(({ id, answers }) =>
    answers
      .filter(({ content }) => (content.note ?? null) !== null && content.note !== '')
      .map((answer) => ({
        interviewId: id,
        answerId: answer.id,
        questionId: answer.questionId,
        note: answer.content.note,
      })),
  ),
  indicators: file.interviews.flatMap((interview) =>
    interview.indicators.map((indicator) => indicatorPart(interview, indicator)),
  ),
  openQuestions: {
    note: 'Questions that the account leaves open, raised by rule. None is a finding; innocent explanations are named.',
    questions: file.timeline.questions,
  },
  reviews: file.reviews,
});

/** A rule that fired is about facts, not about a person; disputed, it stays and says that it is. */
function indicatorPart(interview: InterviewInFile, indicator: InterviewInFile['indicators'][number]): Content {
  const { content, questions, ...raised } = indicator;
  const because = (content['because'] ?? []) as readonly { readonly sentence: string; readonly outcome: string }[];
  const disputed = (content['disputed'] ?? []) as readonly { readonly reason: string; readonly at: string }[];
  return {
    interviewId: interview.id,
    ...raised,
    certainty: content['certainty'] ?? null,
    reason: content['reason'] ?? null,
    because: because.map(({ sentence, outcome }) => ({ sentence, outcome })),
    raisedFrom: answersBehind(interview, questions),
    innocent: content['innocent'] ?? [],
    disputed: disputed.map(({ reason, at }) => ({ reason, at })),
  };
}

/** The answers in force to the questions that its rule looks at. */
function answersBehind(interview: InterviewInFile, questions: readonly string[]): Content[] {
  return inForce(interview.answers)
    .filter(({ questionId }) => questions.includes(questionId))
    .map(({ id, questionId, item, question, inWords }) => ({ answerId: id, questionId, item, question, inWords }));
}
