import type { Ground, ReferralKind } from './file.js';

/** An effective-dated rule: this authority must hear of these kinds on these grounds, because of this law. */
export interface CompetenceRule {
  readonly id: string;
  readonly version: number;
  readonly authority: {
    readonly id: string;
    readonly code: string;
    readonly name: string;
    readonly country: string;
    readonly disabled: boolean;
  };
  readonly kinds: readonly string[];
  readonly grounds: readonly string[];
  /** The rule is only for persons connected with one of these countries; null: for everybody. */
  readonly countries: readonly string[] | null;
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
  /** Codes of authorities that a rule names but that are blocked, being of a country the person is connected with. */
  readonly blocked: readonly string[];
}

export type Competence =
  | { readonly ok: true; readonly competent: readonly CompetentAuthority[] }
  | { readonly ok: false; readonly gap: CompetenceGap };

/**
 * Who must be told of a decision on that date. Every ground must have at least one authority; one without is a gap, never an
 * empty success. An authority of a country the person is connected with is never competent, whatever a rule says.
 */
export function competence(rules: readonly CompetenceRule[], question: CompetenceQuestion): Competence {
  const applicable = inForce(rules, question.date).filter((rule) => speaksOf(rule, question));
  const isBlocked = (rule: CompetenceRule) => question.personCountries.includes(rule.authority.country);
  const usable = applicable.filter((rule) => !isBlocked(rule) && !rule.authority.disabled);
  const uncovered = question.grounds.filter((ground) => !usable.some((rule) => rule.grounds.includes(ground)));
  if (uncovered.length > 0 || usable.length === 0) {
    const blocked = [...new Set(applicable.filter(isBlocked).map((rule) => rule.authority.code))].sort();
    return { ok: false, gap: { kind: question.kind, date: question.date, grounds: uncovered, blocked } };
  }
  return { ok: true, competent: byAuthority(usable, question.grounds) };
}

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

const speaksOf = (rule: CompetenceRule, { kind, grounds, personCountries }: CompetenceQuestion): boolean =>
  rule.kinds.includes(kind) &&
  grounds.some((ground) => rule.grounds.includes(ground)) &&
  (rule.countries === null || rule.countries.some((country) => personCountries.includes(country)));

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
