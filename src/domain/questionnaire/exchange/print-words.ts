/** The words of the printed form that are not the questionnaire's own. */
export interface FormWords {
  direction: 'ltr' | 'rtl';
  officer: string;
  codes: string;
  askedIf: string;
  unlessUnclear: string;
  perItem: string;
  required: string;
  sensitive: string;
  notChild: string;
  calculated: string;
  notSaid: string;
  version: string;
  original: string;
  interpreted: string;
  caseReference: string;
  date: string;
  interviewer: string;
  interpreter: string;
  draft: string;
  /** What the mark means, above a form that has one. */
  drafts: string;
}

const en: FormWords = {
  direction: 'ltr',
  officer: 'For the interviewer, not read out',
  codes: 'Codes of the officer, never read out',
  askedIf: 'Ask only if',
  unlessUnclear: 'also when that is unclear',
  perItem: 'Once per item; copy this part as often as needed',
  required: 'needed for a complete interview',
  sensitive: 'sensitive',
  notChild: 'never ask a child',
  calculated: 'worked out, not asked',
  notSaid: '☐ does not know  ☐ did not wish to answer  ☐ not asked',
  version: 'version',
  original: 'Original words',
  interpreted: 'As interpreted',
  caseReference: 'Case reference',
  date: 'Date',
  interviewer: 'Interviewer',
  interpreter: 'Number of the interpreter',
  draft: 'draft',
  drafts: 'Texts with this mark are draft translations that nobody has verified; the English text prevails.',
};

const fr: FormWords = {
  direction: 'ltr',
  officer: 'Pour l’agent, à ne pas lire',
  codes: 'Codes de l’agent, jamais lus',
  askedIf: 'À poser seulement si',
  unlessUnclear: 'également quand ce n’est pas clair',
  perItem: 'Une fois par élément ; recopier cette partie autant que nécessaire',
  required: 'nécessaire pour un entretien complet',
  sensitive: 'sensible',
  notChild: 'ne jamais poser à un enfant',
  calculated: 'calculé, non posé',
  notSaid: '☐ ne sait pas  ☐ n’a pas souhaité répondre  ☐ non posée',
  version: 'version',
  original: 'Paroles d’origine',
  interpreted: 'Selon l’interprète',
  caseReference: 'Référence du dossier',
  date: 'Date',
  interviewer: 'Agent chargé de l’entretien',
  interpreter: 'Numéro de l’interprète',
  draft: 'projet',
  drafts: 'Les textes ainsi marqués sont des projets de traduction non vérifiés ; le texte anglais prévaut.',
};

const ar: FormWords = {
  direction: 'rtl',
  officer: 'للموظف، لا يُقرأ',
  codes: 'رموز الموظف، لا تُقرأ أبدًا',
  askedIf: 'يُطرح فقط إذا',
  unlessUnclear: 'وكذلك إذا لم يكن ذلك واضحًا',
  perItem: 'مرة لكل عنصر؛ يُنسخ هذا الجزء بقدر الحاجة',
  required: 'لازم لمقابلة كاملة',
  sensitive: 'حساس',
  notChild: 'لا يُطرح على طفل أبدًا',
  calculated: 'محسوب، لا يُطرح',
  notSaid: '☐ لا يعرف  ☐ لم يرغب في الإجابة  ☐ لم يُطرح',
  version: 'النسخة',
  original: 'الكلمات الأصلية',
  interpreted: 'كما تُرجمت شفهيًا',
  caseReference: 'رقم الملف',
  date: 'التاريخ',
  interviewer: 'الموظف الذي يجري المقابلة',
  interpreter: 'رقم المترجم الشفهي',
  draft: 'مسودة',
  drafts: 'النصوص التي تحمل هذه العلامة مسودات ترجمة لم يتحقق منها أحد؛ والنص الإنجليزي هو المعتمد.',
};

const BOOK: Readonly<Record<string, FormWords>> = { en, fr, ar };
const RIGHT_TO_LEFT = ['ar', 'fa', 'prs', 'ps', 'ur', 'he', 'ckb'];

/** The words in a language, English ones where there are none, in the direction the language is written. */
export function formWords(language: string): FormWords {
  const main = language.split('-')[0]!;
  return { ...(BOOK[main] ?? en), direction: RIGHT_TO_LEFT.includes(main) ? 'rtl' : 'ltr' };
}
