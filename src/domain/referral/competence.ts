import type { Ground, ReferralKind } from './file.js';

/** An effective-dated rule: this authority must hear of these kinds on these grounds, because of this law. */
export interface CompetenceRule {
  readonly id: string;
  readonly version: number;
  readonly authority: {
    readonly id: string;
    readonly code: string;
    readonly name: string;
    /**
     * The country it is of, the one it speaks for (an embassy, an INTERPOL bureau), and every other code by which somebody from there may
     * be on record.
     */
    readonly lands: readonly string[];
    readonly disabled: boolean;
    /**
     * Alleged to have persecuted, or belongs to or speaks for a country so alleged, one of a third person in the file, or one that
     * only one person took back from the applicant.
     */
    readonly barred: boolean;
  };
  readonly kinds: readonly string[];
  readonly grounds: readonly string[];
  /** The rule is only for persons connected with one of these countries; null: for everybody. */
  readonly countries: readonly string[] | null;
  /** Only for acts done in one of these countries; null: wherever they were done. */
  readonly actCountries: readonly string[] | null;
  /** Only for a person whose whereabouts are one of these states of the person's chart; null: wherever the person is. */
  readonly whereabouts: readonly string[] | null;
  readonly legalBasis: string;
  /** Calendar dates, `YYYY-MM-DD`, both inclusive. */
  readonly validFrom: string;
  readonly validUntil: string | null;
}

export interface CompetenceQuestion {
  readonly kind: Exclude<ReferralKind, 'correction'>;
  readonly grounds: readonly Ground[];
  /** Countries of nationality, former residence and origin: rules may ask for them, and none of them may ever be told. */
  readonly personCountries: readonly string[];
  /** Where the alleged acts were done, as far as it is recorded. */
  readonly actCountries: readonly string[];
  /** Where the person is: a state of the person's chart; null: not recorded. */
  readonly whereabouts: string | null;
  /** Calendar date of the decision in the authority's time zone, `YYYY-MM-DD`. */
  readonly date: string;
}

/** An authority that must be told, with the law that says so and the grounds it says it for. */
export interface CompetentAuthority {
  readonly authorityId: string;
  readonly code: string;
  readonly name: string;
  readonly ruleId: string;
  readonly ruleVersion: number;
  readonly legalBasis: string;
  readonly grounds: readonly Ground[];
}

export interface CompetenceGap {
  readonly kind: string;
  readonly date: string;
  /** Grounds for which nobody may be told. */
  readonly grounds: readonly Ground[];
  /** Codes of authorities that a rule names but that are blocked recipients. */
  readonly blocked: readonly string[];
}

export type Competence =
  | { readonly ok: true; readonly competent: readonly CompetentAuthority[] }
  | { readonly ok: false; readonly gap: CompetenceGap };

/**
 * Who must be told of a decision on that date. Every ground must have at least one authority; one without is a gap, never an
 * empty success. A blocked recipient is never competent. A rule that asks where acts were done or where the person is applies
 * only where that is recorded: nobody is told on a guess.
 */
export function competence(rules: readonly CompetenceRule[], question: CompetenceQuestion): Competence {
  const applicable = inForce(rules, question.date).filter((rule) => speaksOf(rule, question));
  const isBlocked = (rule: CompetenceRule) => blocks(rule.authority, question.personCountries);
  const usable = applicable.filter((rule) => !isBlocked(rule) && !rule.authority.disabled);
  const uncovered = question.grounds.filter((ground) => !usable.some((rule) => rule.grounds.includes(ground)));
  if (uncovered.length > 0 || usable.length === 0) {
    const blocked = [...new Set(applicable.filter(isBlocked).map((rule) => rule.authority.code))].sort();
    return { ok: false, gap: { kind: question.kind, date: question.date, grounds: uncovered, blocked } };
  }
  return { ok: true, competent: byAuthority(usable, question.grounds) };
}

const blocks = ({ lands, barred }: CompetenceRule['authority'], own: readonly string[]): boolean =>
  barred || own.some((country) => lands.includes(country));

/** Of each rule the highest version whose dates include that day. */
function inForce(rules: readonly CompetenceRule[], date: string): CompetenceRule[] {
  const latest = new Map<string, CompetenceRule>();
  for (const rule of rules) {
    if (rule.validFrom > date || (rule.validUntil !== null && rule.validUntil < date)) continue;
    const known = latest.get(rule.id);
    if (!known || known.version < rule.version) latest.set(rule.id, rule);
  }
  return [...latest.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

const speaksOf = (rule: CompetenceRule, question: CompetenceQuestion): boolean =>
  rule.kinds.includes(question.kind) &&
  question.grounds.some((ground) => rule.grounds.includes(ground)) &&
  meets(rule.countries, question.personCountries) &&
  meets(rule.actCountries, question.actCountries) &&
  meets(rule.whereabouts, question.whereabouts === null ? [] : [question.whereabouts]);

const meets = (asked: readonly string[] | null, known: readonly string[]): boolean =>
  asked === null || asked.some((one) => known.includes(one));

/** One entry per authority: the first of its rules is named, grounds and legal bases are those of all its rules. */
function byAuthority(rules: readonly CompetenceRule[], grounds: readonly Ground[]): CompetentAuthority[] {
  const ids = [...new Set(rules.map((rule) => rule.authority.id))];
  return ids.map((authorityId) => {
    const own = rules.filter((rule) => rule.authority.id === authorityId) as [CompetenceRule, ...CompetenceRule[]];
    const [first] = own;
    return {
      authorityId,
      code: first.authority.code,
      name: first.authority.name,
      ruleId: first.id,
      ruleVersion: first.version,
      legalBasis: [...new Set(own.map((rule) => rule.legalBasis))].join('; '),
      grounds: grounds.filter((ground) => own.some((rule) => rule.grounds.includes(ground))),
    };
  });
}
