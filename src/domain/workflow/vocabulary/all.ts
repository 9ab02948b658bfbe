import type { CaseEffect, CaseFacts } from './case.js';
import { caseVocabulary } from './case.js';
import type { InterviewEffect, InterviewFacts } from './interview.js';
import { interviewVocabulary } from './interview.js';
import type { PersonEffect, PersonFacts } from './person.js';
import { personVocabulary } from './person.js';
import type { QuestionnaireEffect, QuestionnaireFacts } from './questionnaire.js';
import { questionnaireVocabulary } from './questionnaire.js';
import type { ReferralEffect, ReferralFacts } from './referral.js';
import { referralVocabulary } from './referral.js';
import type { Vocabulary } from './vocabulary.js';

export interface FactsOf {
  case: CaseFacts;
  person: PersonFacts;
  interview: InterviewFacts;
  referral: ReferralFacts;
  questionnaire: QuestionnaireFacts;
}

export interface EffectOf {
  case: CaseEffect;
  person: PersonEffect;
  interview: InterviewEffect;
  referral: ReferralEffect;
  questionnaire: QuestionnaireEffect;
}

export type WorkflowId = keyof FactsOf;

export const vocabularies: { readonly [Id in WorkflowId]: Vocabulary<FactsOf[Id]> } = {
  case: caseVocabulary,
  person: personVocabulary,
  interview: interviewVocabulary,
  referral: referralVocabulary,
  questionnaire: questionnaireVocabulary,
};
