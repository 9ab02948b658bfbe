import type { Operator } from './format.js';

/** How conditions and reasons read in one language of the interface. */
export interface Phrases {
  /** `draft`: not yet checked by a speaker of the language. */
  readonly status: 'complete' | 'draft';
  /** `Q` stands for the quoted question, `V` for what it is compared with. */
  readonly operators: Readonly<Record<Operator, string>>;
  readonly yes: string;
  readonly no: string;
  readonly comma: string;
  readonly quote: (words: string) => string;
  /** The answer to another question, as the right side of a comparison. */
  readonly answerTo: (question: string) => string;
  readonly and: string;
  readonly or: string;
  readonly neither: (parts: string) => string;
  readonly some: (repeat: string, where: string) => string;
  readonly every: (repeat: string, where: string) => string;
  readonly atLeast: (bound: number, repeat: string, where?: string) => string;
  readonly atMost: (bound: number, repeat: string, where?: string) => string;
  readonly doesNotHold: (clause: string) => string;
  readonly isUnclear: (clause: string) => string;
  readonly always: string;
  readonly askedBecause: (clauses: string) => string;
  readonly notAskedBecause: (clauses: string) => string;
  readonly withParent: (parent: string) => string;
  readonly child: string;
  /** All codes of a list but these few, as what an answer includes or is. */
  readonly anyBut: (codes: string) => string;
  /** A long list of codes, with the first few of them. */
  readonly oneOfMany: (count: number, examples: string) => string;
  /** Said with an indicator that rests on what was done, or may have been done, before the age of 18. */
  readonly childThen: string;
  /** Said instead of indicators about a time below the age of criminal responsibility. */
  readonly mayBeVictim: (responsibleFrom: number) => string;
}

const en: Phrases = {
  status: 'complete',
  operators: {
    is: 'Q is V',
    isNot: 'Q is something other than V',
    isOneOf: 'Q is one of V',
    contains: 'Q includes V',
    containsAny: 'Q includes one of V',
    within: 'Q is V or part of it',
    above: 'Q is above V',
    below: 'Q is below V',
    atLeast: 'Q is at least V',
    atMost: 'Q is at most V',
    before: 'Q is before V',
    after: 'Q is after V',
    overlaps: 'Q falls at least partly in V',
    answered: 'Q was answered',
    unknown: 'the answer to Q is not known to the applicant',
    refused: 'the applicant did not wish to answer Q',
    notAsked: 'Q was not asked',
  },
  yes: 'yes',
  no: 'no',
  comma: ', ',
  quote: (words) => `“${words}”`,
  answerTo: (question) => `the answer to ${question}`,
  and: ' and ',
  or: ' or ',
  neither: (parts) => `it is not so that ${parts}`,
  some: (repeat, where) => `for at least one item of ${repeat}, ${where}`,
  every: (repeat, where) => `for every item of ${repeat}, ${where}`,
  atLeast: (bound, repeat, where) => `${repeat} has at least ${bound} item(s)${where ? ` for which ${where}` : ''}`,
  atMost: (bound, repeat, where) => `${repeat} has at most ${bound} item(s)${where ? ` for which ${where}` : ''}`,
  doesNotHold: (clause) => `it does not hold that ${clause}`,
  isUnclear: (clause) => `it is unclear whether ${clause}`,
  always: 'Asked in every interview.',
  askedBecause: (clauses) => `Asked because ${clauses}.`,
  notAskedBecause: (clauses) => `Not asked because ${clauses}.`,
  withParent: (parent) => `Follows up ${parent}.`,
  child: 'Not asked because the applicant is not certainly adult.',
  anyBut: (codes) => `any answer but ${codes}`,
  oneOfMany: (count, examples) => `one of ${count} answers, such as ${examples}`,
  childThen: 'The applicant was, or may have been, a child then: capacity, coercion and best interests come first.',
  mayBeVictim: (from) =>
    `What is told here lies, or may lie, before the age of ${from}: nobody is responsible at that age, so it raises no indicator. Children taken into armed groups or made to take part may be victims; hear the applicant as one.`,
};

const parceQue = (clauses: string): string =>
  /^[aeiouyéèê]/i.test(clauses) ? `parce qu’${clauses}` : `parce que ${clauses}`;

/** Clauses begin as they do after "parce que", so that they can be put together. */
const fr: Phrases = {
  status: 'draft',
  operators: {
    is: 'la réponse à Q est V',
    isNot: 'la réponse à Q est autre que V',
    isOneOf: 'la réponse à Q est l’une de celles-ci : V',
    contains: 'la réponse à Q comprend V',
    containsAny: 'la réponse à Q comprend au moins l’un de ces éléments : V',
    within: 'la réponse à Q est V ou en fait partie',
    above: 'la réponse à Q est supérieure à V',
    below: 'la réponse à Q est inférieure à V',
    atLeast: 'la réponse à Q est égale ou supérieure à V',
    atMost: 'la réponse à Q est égale ou inférieure à V',
    before: 'la réponse à Q est antérieure à V',
    after: 'la réponse à Q est postérieure à V',
    overlaps: 'la réponse à Q se situe au moins en partie dans la période V',
    answered: 'une réponse a été donnée à Q',
    unknown: 'le demandeur ne connaît pas la réponse à Q',
    refused: 'le demandeur n’a pas souhaité répondre à Q',
    notAsked: 'Q n’a pas été posée',
  },
  yes: 'oui',
  no: 'non',
  comma: ', ',
  quote: (words) => `« ${words} »`,
  answerTo: (question) => `la réponse à ${question}`,
  and: ' et ',
  or: ' ou ',
  neither: (parts) => `il n’est pas établi que ${parts}`,
  some: (repeat, where) => `pour au moins un élément de ${repeat}, ${where}`,
  every: (repeat, where) => `pour chaque élément de ${repeat}, ${where}`,
  atLeast: (bound, repeat, where) =>
    `${repeat} compte au moins ${bound} élément(s)${where ? ` pour le(s)quel(s) ${where}` : ''}`,
  atMost: (bound, repeat, where) =>
    `${repeat} compte au plus ${bound} élément(s)${where ? ` pour le(s)quel(s) ${where}` : ''}`,
  doesNotHold: (clause) => `il n’est pas exact que ${clause}`,
  isUnclear: (clause) => `il n’est pas certain que ${clause}`,
  always: 'Posée dans chaque entretien.',
  askedBecause: (clauses) => `Posée ${parceQue(clauses)}.`,
  notAskedBecause: (clauses) => `Non posée ${parceQue(clauses)}.`,
  withParent: (parent) => `Fait suite à ${parent}.`,
  child: 'Non posée parce qu’il n’est pas certain que le demandeur soit majeur.',
  anyBut: (codes) => `n’importe quelle réponse sauf ${codes}`,
  oneOfMany: (count, examples) => `l’une de ${count} réponses, par exemple ${examples}`,
  childThen:
    'Le demandeur était ou pouvait être un enfant à ce moment : la capacité, la contrainte et l’intérêt supérieur passent d’abord.',
  mayBeVictim: (from) =>
    `Ce qui est raconté ici se situe, ou peut se situer, avant l’âge de ${from} ans : personne n’est responsable à cet âge, aucun indicateur n’en résulte. Un enfant emmené par un groupe armé ou forcé de participer peut être une victime ; l’entendre comme tel.`,
};

const ar: Phrases = {
  status: 'draft',
  operators: {
    is: 'الجواب عن Q هو V',
    isNot: 'الجواب عن Q غير V',
    isOneOf: 'الجواب عن Q واحد مما يلي: V',
    contains: 'الجواب عن Q يشمل V',
    containsAny: 'الجواب عن Q يشمل واحدًا على الأقل مما يلي: V',
    within: 'الجواب عن Q هو V أو جزء منه',
    above: 'الجواب عن Q أعلى من V',
    below: 'الجواب عن Q أدنى من V',
    atLeast: 'الجواب عن Q لا يقل عن V',
    atMost: 'الجواب عن Q لا يزيد على V',
    before: 'الجواب عن Q سابق على V',
    after: 'الجواب عن Q لاحق على V',
    overlaps: 'الجواب عن Q يقع كليًا أو جزئيًا ضمن V',
    answered: 'أُجيب عن Q',
    unknown: 'مقدّم الطلب لا يعرف الجواب عن Q',
    refused: 'مقدّم الطلب لم يرغب في الإجابة عن Q',
    notAsked: 'لم يُطرح Q',
  },
  yes: 'نعم',
  no: 'لا',
  comma: '، ',
  quote: (words) => `«${words}»`,
  answerTo: (question) => `الجواب عن ${question}`,
  and: ' و',
  or: ' أو ',
  neither: (parts) => `ليس صحيحًا أن ${parts}`,
  some: (repeat, where) => `في عنصر واحد على الأقل من ${repeat}، ${where}`,
  every: (repeat, where) => `في كل عنصر من ${repeat}، ${where}`,
  atLeast: (bound, repeat, where) =>
    `عدد العناصر في ${repeat} لا يقل عن ${bound}${where ? ` مما ينطبق عليه أن ${where}` : ''}`,
  atMost: (bound, repeat, where) =>
    `عدد العناصر في ${repeat} لا يزيد على ${bound}${where ? ` مما ينطبق عليه أن ${where}` : ''}`,
  doesNotHold: (clause) => `لا يصح أن ${clause}`,
  isUnclear: (clause) => `ليس واضحًا هل ${clause}`,
  always: 'يُطرح في كل مقابلة.',
  askedBecause: (clauses) => `يُطرح للسبب الآتي: ${clauses}.`,
  notAskedBecause: (clauses) => `لا يُطرح للسبب الآتي: ${clauses}.`,
  withParent: (parent) => `متابعة لـ ${parent}.`,
  child: 'لا يُطرح لأنه ليس مؤكدًا أن مقدّم الطلب بالغ.',
  anyBut: (codes) => `أي جواب غير ${codes}`,
  oneOfMany: (count, examples) => `أحد الأجوبة الممكنة (${count})، مثل ${examples}`,
  childThen: 'كان مقدّم الطلب طفلًا حينئذ أو ربما كان طفلًا: تُراعى أولًا الأهلية والإكراه ومصلحته الفضلى.',
  mayBeVictim: (from) =>
    `ما رُوي هنا يقع أو قد يقع قبل سن ${from}: لا مسؤولية في هذه السن، فلا ينشأ عنه أي مؤشر. الطفل الذي أخذته جماعة مسلحة أو أُجبر على المشاركة قد يكون ضحية؛ ويُستمع إليه بهذه الصفة.`,
};

/** The languages in which conditions read as sentences. */
export const PHRASE_BOOK: Readonly<Record<string, Phrases>> = { en, fr, ar };

/** The phrases of a language (`fr-BE` has those of `fr`), or the English ones. */
export function phrasesIn(language: string): Phrases {
  return PHRASE_BOOK[language] ?? PHRASE_BOOK[language.split('-')[0]!] ?? en;
}
