import type { Severity } from './finding.js';

/** What a finding code says; the guide for authors is made of these. */
export interface CodeMeaning {
  severity: Severity;
  title: string;
  means: string;
  /** What an author wrote. */
  example: string;
  /** What to write instead. */
  instead: string;
}

/** Everything the proof may find, by stable code. `error`: must not be published; `warning`: to be mended; `advice`: to be weighed. */
export const CODES = {
  // ------------------------------------------------------------------------------------------------------ does not compile
  notAFile: {
    severity: 'error',
    title: 'Not a file of a pack',
    means: 'The file is no pack, questionnaire, module or reference file.',
    example: '`{ "name": "my questions" }`',
    instead: 'One of the keys `pack`, `id`, `module` or `reference` says what a file is.',
  },
  schema: {
    severity: 'error',
    title: 'Not in the format',
    means: 'A key is missing, misspelt or has a value it cannot have. `questionnaires/schema/` describes every key.',
    example: '`"type": "boolaen"`',
    instead: '`"type": "boolean"`',
  },
  noPurposeOrBasis: {
    severity: 'error',
    title: 'Question without purpose or basis',
    means:
      'A question states neither what the answer is for nor which legal element or country information it rests on.',
    example: '`{ "id": "home", "type": "place", "text": {...} }`',
    instead:
      'Add `"purpose": "identity"` and `"basis": ["Regulation (EU) 2024/1347, Art. 4"]`. A follow-up has its parent\'s.',
  },
  toBeFilled: {
    severity: 'error',
    title: 'Still to be filled',
    means: 'An import left words for the author here that stand for what the source did not say.',
    example: '`"basis": ["To be filled: the provision or the country information this question rests on"]`',
    instead:
      '`"basis": ["Directive 2011/95/EU Art. 12"]`, and the purpose that goes with it: the import wrote inclusion.',
  },
  unknownReference: {
    severity: 'error',
    title: 'Unknown or renamed reference',
    means: 'A question, repeat, condition, list, code, module or reference entry is named that does not exist.',
    example: '`{ "question": "brithDate", "answered": true }`',
    instead: 'Write the id as it is defined; the fix names the closest one.',
  },
  wrongOperator: {
    severity: 'error',
    title: 'Operator against type',
    means: 'The operator cannot be asked of a question of this type.',
    example: '`{ "question": "links", "is": "militia" }` on a multiChoice question',
    instead: '`{ "question": "links", "contains": "militia" }`',
  },
  wrongComparison: {
    severity: 'error',
    title: 'Compared with something of another type',
    means: 'The right side of a clause is of another type than the answer.',
    example: '`{ "question": "age", "atLeast": "18" }`',
    instead: '`{ "question": "age", "atLeast": 18 }`',
  },
  duplicateId: {
    severity: 'error',
    title: 'Id used twice',
    means: 'Two questions, sections, repeats, indicators or reference entries have the same id.',
    example: 'two questions with `"id": "where"`',
    instead: '`"id": "homeWhere"` and `"id": "workWhere"`',
  },
  duplicateCode: {
    severity: 'error',
    title: 'Code used twice',
    means: 'The same code stands twice in one list.',
    example: '`[{ "code": "other" }, { "code": "other" }]`',
    instead: 'Give one of them another code, or take it out.',
  },
  forwardReference: {
    severity: 'error',
    title: 'Refers to something asked later',
    means: 'Conditions and pipes look only at what is asked before them, in the order of phases and sections.',
    example: 'a question that opens on the answer to the next one',
    instead: 'Move one of the two, or make the second a follow-up of the first.',
  },
  cycle: {
    severity: 'error',
    title: 'Circle',
    means: 'A condition, code, entry or value is defined by itself, directly or through others.',
    example: '`"a": { "condition": "b" }, "b": { "condition": "a" }`',
    instead: 'Break the circle: write what is meant in one of them.',
  },
  outsideRepeat: {
    severity: 'error',
    title: 'Looks into a repeat from outside',
    means: 'What is asked once per item has no single answer outside the item.',
    example: '`{ "question": "unit", "answered": true }` outside the repeat `postings`',
    instead: '`{ "some": "postings", "where": { "question": "unit", "answered": true } }`',
  },
  silenceRaises: {
    severity: 'error',
    title: 'Silence raises an indicator',
    means: 'That something was not said, not known or refused cannot count towards an indicator.',
    example: '`"when": { "question": "service", "refused": true }` in an indicator',
    instead: 'Compare with an answer that was given.',
  },
  pipeWithoutFallback: {
    severity: 'error',
    title: 'Piped answer without words for when there is none',
    means: 'A text pipes an answer that may not have been given, and does not say what to read out then.',
    example: '`"Where was {unit}?"`',
    instead: '`"Where was {unit|your unit}?"`',
  },
  dangerousPattern: {
    severity: 'error',
    title: 'Dangerous regular expression',
    means: 'The pattern cannot be used, or some answers would take it very long to check.',
    example: '`"matches": "(a+)+b"`',
    instead: '`"matches": "a+b"`: no quantifier inside a quantified group, no look-around, no back-reference.',
  },
  noSource: {
    severity: 'error',
    title: 'Reference data without source',
    means: 'An entry of the reference data names no publication.',
    example: '`"sources": []`',
    instead: '`"sources": [{ "source": "ICTR-96-4-T, judgment of 2 September 1998, para. 204" }]`',
  },
  invalid: {
    severity: 'error',
    title: 'Cannot be used',
    means: 'Something else the compiler refuses; the reason says what to change.',
    example: '`"min": 3, "max": 1`',
    instead: '`"min": 1, "max": 3`',
  },
  // ---------------------------------------------------------------------------------------------------------------- proofs
  unreachable: {
    severity: 'error',
    title: 'Can never be asked',
    means:
      'No answers open this question, follow-up, repeat, section or module: its condition contradicts itself, what is around it, or when the questions it looks at are asked.',
    example: '`{ "all": [{ "question": "age", "below": 10 }, { "question": "age", "above": 20 }] }`',
    instead: 'Change one of the clauses that the reason names, or take the question out.',
  },
  alwaysOpen: {
    severity: 'warning',
    title: 'Always open',
    means: 'The condition holds whatever is answered, so it closes nothing.',
    example:
      '`{ "any": [{ "question": "held", "answered": true }, { "none": [{ "question": "held", "answered": true }] }] }`',
    instead: 'Leave the condition out, or write the one that was meant.',
  },
  neverHolds: {
    severity: 'warning',
    title: 'Clause that can never hold',
    means: 'No answers make this clause true, though the condition around it can hold.',
    example: '`{ "question": "age", "above": 150 }` where `"max": 120`',
    instead: 'Correct the clause, or take it out.',
  },
  redundantClause: {
    severity: 'advice',
    title: 'Clause that decides nothing',
    means: 'Whatever is answered, the condition comes out the same without this clause.',
    example: '`{ "all": [{ "question": "age", "above": 20 }, { "question": "age", "above": 10 }] }`',
    instead: '`{ "question": "age", "above": 20 }`',
  },
  indicatorNeverRaised: {
    severity: 'error',
    title: 'Indicator that can never be raised',
    means: 'No answers raise this indicator.',
    example: 'a rule on two answers that exclude each other',
    instead: 'Correct the rule, or take the indicator out.',
  },
  nextNeverAsked: {
    severity: 'warning',
    title: 'What an indicator says to ask next is closed',
    means: 'Whenever the indicator is raised, the question it names under `next` is closed.',
    example: '`"next": ["wounds"]`, where `wounds` opens only for people who were not there',
    instead: 'Name a question that can be open then, or open this one.',
  },
  pipeNeverFilled: {
    severity: 'warning',
    title: 'Piped answer that is never there',
    means:
      'Whenever this text is read out, the question whose answer it pipes is closed, so only the words after the bar are ever used.',
    example: '`"Where was {unit|your unit}?"`, asked only of people without a unit',
    instead: 'Pipe another answer, or write the words alone.',
  },
  checkNeverFails: {
    severity: 'warning',
    title: 'Check that nothing fails',
    means: 'Whatever is answered, the check passes.',
    example: '`"must": { "question": "age", "atLeast": 0 }` where `"min": 0`',
    instead: 'Write the clause that was meant, or take the check out.',
  },
  checkAlwaysFails: {
    severity: 'error',
    title: 'Check that everything fails',
    means: 'Whatever is answered, the check fails; where it is an error, the question can never be answered.',
    example: '`"must": { "question": "age", "above": 120 }` where `"max": 120`',
    instead: 'Write the clause that was meant: `must` says what is right, not what is wrong.',
  },
  notProven: {
    severity: 'advice',
    title: 'Too large to prove',
    means: 'Whether this can be open took too long to find out.',
    example: 'one condition over dozens of dates and counted repeats',
    instead: 'Cut the condition into named parts, or use fewer different dates and counts.',
  },
  // -------------------------------------------------------------------------------------------------------------- children
  childAskedIntimate: {
    severity: 'warning',
    title: 'Sexual violence asked of a child',
    means: 'The words read out speak of sexual violence, and the question can be open for a child.',
    example: '`"text": { "en": "What do you know about rape in the camp?" }`',
    instead: 'Add `"neverAskChild": true`; a child is heard by somebody trained for it.',
  },
  childAccused: {
    severity: 'warning',
    title: 'High indicator about a child',
    means:
      'The rule looks at ages, and is raised with severity high even where they are all those of a small child: below the age of criminal responsibility there is no allegation.',
    example: '`{ "any": [{ "question": "ownActs", "contains": "killed" }, { "question": "ageThen", "atLeast": 18 }] }`',
    instead: '`{ "all": [{ "question": "ownActs", "contains": "killed" }, { "question": "ageThen", "atLeast": 18 }] }`',
  },
  ageNotLookedAt: {
    severity: 'advice',
    title: 'Indicator without an age',
    means:
      'An indicator of severity medium or high names no age at the act, and its rule looks at no age and no date of birth, so it is raised about acts of a child too.',
    example: '`"when": { "question": "ownActs", "contains": "killed" }, "severity": "high"`',
    instead:
      'Ask how old the applicant was then, and name it: `"age": ["ageThen"]`. Below the age of criminal responsibility it is then not raised.',
  },
  // ----------------------------------------------------------------------------------------------------------------- texts
  missingTranslation: {
    severity: 'warning',
    title: 'Missing translation',
    means: 'The file declares a language in which this question is not written; English would be read out.',
    example: '`"languages": ["en", "fr"]` and `"text": { "en": "Where?" }`',
    instead: '`"text": { "en": "Where?", "fr": { "text": "Où ?", "status": "draft" } }`',
  },
  untranslatedForOfficers: {
    severity: 'advice',
    title: 'Texts for officers not translated',
    means:
      'Titles, notes, codes and reasons are shown to officers in English where they are not written in the language.',
    example: '`"note": { "en": "Let them speak." }` in a file that declares `fr`',
    instead: 'Translate them too where officers work in that language.',
  },
  undeclaredLanguage: {
    severity: 'advice',
    title: 'Language that is not declared',
    means: 'A text is written in a language that the file does not declare.',
    example: '`"languages": ["en"]` and `"text": { "en": "Where?", "fr": "Où ?" }`',
    instead: '`"languages": ["en", "fr"]`',
  },
  draftTranslation: {
    severity: 'advice',
    title: 'Draft translations',
    means: 'Texts in this language are drafts: no speaker of the language has checked them.',
    example: '`{ "text": "Où ?", "status": "draft" }`',
    instead: '`{ "text": "Où ?", "status": "verified", "by": "translation service" }` once somebody has.',
  },
  staleTranslation: {
    severity: 'warning',
    title: 'Stale translation',
    means: 'The English words changed since the version before, the translation did not.',
    example: '"When did you leave?" became "When did you leave Rwanda?", and the French is as it was',
    instead: 'Translate the new words, or mark the translation a draft.',
  },
  lostPlaceholder: {
    severity: 'warning',
    title: 'Lost placeholder',
    means: 'A translation pipes other answers than the English text.',
    example: '`"en": "Where was {unit|your unit}?", "fr": "Où était votre unité ?"`',
    instead: '`"fr": "Où était {unit|votre unité} ?"`',
  },
  // ----------------------------------------------------------------------------------------------------------- definitions
  unusedList: {
    severity: 'advice',
    title: 'Unused list',
    means: 'No question of the file uses this code list.',
    example: '`"lists": { "colours": [...] }`, used by nobody',
    instead: 'Take it out, or name it where it was meant.',
  },
  noneNotAlone: {
    severity: 'advice',
    title: '"None" beside other answers',
    means:
      'A code that says none, no, never or neither may be chosen together with others, and the answer then says both.',
    example: '`{ "code": "none", "text": { "en": "None" } }` in a list of a multiChoice question',
    instead: 'Add `"exclusive": true`: chosen, it stands alone.',
  },
  unusedCondition: {
    severity: 'advice',
    title: 'Unused condition',
    means: 'Nothing in the file uses this named condition.',
    example: '`"conditions": { "wasThere": {...} }`, used by nobody',
    instead: 'Take it out, or use it: `{ "condition": "wasThere" }`.',
  },
  singleSource: {
    severity: 'advice',
    title: 'Verified in one source only',
    means:
      'Cross-checks of dates and places rest only on entries verified in two independent sources, so they leave these entries alone.',
    example: '`"verified": true` with one source, or with two that are state-aligned',
    instead: 'Add a second source that does not depend on the first.',
  },
  // --------------------------------------------------------------------------------------------------------------- wording
  leadingQuestion: {
    severity: 'warning',
    title: 'Leading question',
    means: 'The wording suggests the answer.',
    example: '"You were a member, weren\'t you?"',
    instead: '"Which organisations, if any, did you belong to?"',
  },
  compoundQuestion: {
    severity: 'warning',
    title: 'Two questions in one',
    means: 'The answer to one of them is lost.',
    example: '"Where were you held and who held you?"',
    instead: 'Two questions, the second perhaps a follow-up of the first.',
  },
  closedFirst: {
    severity: 'warning',
    title: 'Closed question first',
    means: 'A section of free account or open questions begins with one that is answered by yes or no.',
    example: '"Were you in Kigali in 1994?" as the first question of a section with `"phase": "open"`',
    instead: '"Where did you live in 1994?"',
  },
  codesReadOut: {
    severity: 'warning',
    title: 'Codes read out',
    means:
      'The question names codes of its own list; they are for the officer to choose from and suggest answers when read out.',
    example: '"Were you a guard, a driver or a cook?"',
    instead: '"What was your work there?"',
  },
} satisfies Record<string, CodeMeaning>;

export type FindingCode = keyof typeof CODES;
