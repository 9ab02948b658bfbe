import type { Element, ElementTemplate, LegalBasis } from './templates.js';

type Kind = Pick<Element, 'role' | 'individual' | 'onlyIfMinor'>;

/** What the person did, knew or wanted. */
const PERSONAL: Kind = { role: 'constitutive', individual: true, onlyIfMinor: false };
/** The circumstances around it, which country information may show. */
const CIRCUMSTANCE: Kind = { role: 'constitutive', individual: false, onlyIfMinor: false };
const EXCLUDING: Kind = { role: 'excluding', individual: false, onlyIfMinor: false };

const element = (id: string, label: string, question: string, legalSource: string, kind: Kind): Element => ({
  id,
  label,
  question,
  legalSource,
  ...kind,
});

const QUALIFICATION = 'Regulation (EU) 2024/1347';

const modeOfLiability = element(
  'modeOfLiability',
  'Mode of liability',
  'By which mode does the applicant answer for the act: committing it alone, jointly or through another, ordering, soliciting or inciting, aiding, contributing to a common purpose, attempting, or as a superior with effective control who knew or should have known and neither prevented nor punished it? Membership, rank or workplace is no mode.',
  `Rome Statute Articles 25 and 28; ${QUALIFICATION} Articles 12 and 17(2)`,
  PERSONAL,
);
const knowledgeAndIntent = element(
  'knowledgeAndIntent',
  'Knowledge and intent',
  'Did the applicant mean to engage in the conduct and mean to cause its consequence, or know that it would follow in the ordinary course of events? For a superior, the standard of Article 28 applies instead.',
  'Rome Statute Articles 28 and 30',
  PERSONAL,
);
const contribution = element(
  'contribution',
  'Contribution',
  'Did what the applicant did contribute to the act in a voluntary, knowing and significant way, beyond having been present, a member or employed?',
  'Rome Statute Article 25(3); Court of Justice C-57/09 and C-101/09 (B and D), paragraphs 87 to 99',
  PERSONAL,
);
const chanceToDissociate = element(
  'chanceToDissociate',
  'Chance to dissociate',
  'Was there a realistic chance to refuse, leave or prevent the act that the applicant did not take, measured by the danger in which that would have put the applicant or others?',
  'Rome Statute Articles 25(3)(f) and 31(1)(d); UNHCR Guidelines on International Protection No. 5, paragraph 22',
  PERSONAL,
);
const maturityOfChild = element(
  'maturityOfChild',
  'Responsibility of a child',
  'With the age at the act (in doubt the lower), maturity, recruitment and coercion considered, and the best interests of the child a primary consideration: had the applicant the capacity to be held responsible for it?',
  'Convention on the Rights of the Child Articles 3 and 40(3); Rome Statute Article 26; UNHCR Guidelines on International Protection No. 8, paragraphs 58 to 64',
  { role: 'constitutive', individual: true, onlyIfMinor: true },
);
const commonToEveryGround = [modeOfLiability, knowledgeAndIntent, contribution, chanceToDissociate, maturityOfChild];

const incapacity = element(
  'incapacity',
  'Incapacity',
  'Did a mental disease or defect, or an intoxication that was not voluntary, destroy the capacity to appreciate the act or to control it?',
  'Rome Statute Article 31(1)(a) and (b)',
  EXCLUDING,
);
const selfDefence = element(
  'selfDefence',
  'Self-defence',
  'Did the applicant act reasonably and in proportion to defend a person, or property essential for survival, against an imminent and unlawful use of force?',
  'Rome Statute Article 31(1)(c)',
  EXCLUDING,
);
const duress = element(
  'duress',
  'Duress',
  'Did the act result from a threat of imminent death or of continuing or imminent serious bodily harm, was it necessary and reasonable to avoid it, and was no greater harm intended than the one avoided?',
  'Rome Statute Article 31(1)(d)',
  EXCLUDING,
);
const mistake = element(
  'mistake',
  'Mistake',
  'Did a mistake of fact, or a mistake of law where that counts, negate the mental element?',
  'Rome Statute Article 32',
  EXCLUDING,
);
const superiorOrders = element(
  'superiorOrders',
  'Superior orders',
  'Was the applicant legally bound to obey the order, unaware that it was unlawful, and was it not manifestly unlawful? Orders to commit genocide or crimes against humanity always are.',
  'Rome Statute Article 33',
  EXCLUDING,
);
const expiation = element(
  'expiation',
  'Expiation',
  'Has the applicant atoned for the act, by a sentence served or otherwise, so that exclusion is no longer justified given its gravity? A present danger to the community is not asked here.',
  'UNHCR Guidelines on International Protection No. 5, paragraph 23; Court of Justice C-57/09 and C-101/09 (B and D), paragraphs 100 to 105',
  EXCLUDING,
);
const whatTakesResponsibilityAway = [incapacity, selfDefence, duress, mistake, superiorOrders, expiation];

const act = (question: string, legalSource: string): Element =>
  element('act', 'Act', `${question} Name what the applicant did, not what a unit did.`, legalSource, PERSONAL);
const victimStatus = (question: string, legalSource: string): Element =>
  element('victimStatus', 'Status of the victims', question, legalSource, CIRCUMSTANCE);

/** The provisions on a ground; the regulation replaced the directive on 1 July 2026. */
const basis = (convention: string | null, directive: string, regulation: string): readonly LegalBasis[] => [
  ...(convention ? [{ provision: `1951 Refugee Convention ${convention}`, from: '1954-04-22' }] : []),
  { provision: `Directive 2011/95/EU ${directive}`, from: '2012-01-09', until: '2026-06-30' },
  { provision: `${QUALIFICATION} ${regulation}`, from: '2026-07-01' },
];

const coreCrime = (crime: string, label: string, elements: readonly Element[]): ElementTemplate => ({
  ground: '1F(a)',
  crime,
  version: 1,
  label,
  scopes: ['refugeeStatus', 'subsidiaryProtection'],
  legalBasis: basis('Article 1F(a)', 'Articles 12(2)(a) and 17(1)(a)', 'Articles 12(2)(a) and 17(1)(a)'),
  elements: [...elements, ...commonToEveryGround, ...whatTakesResponsibilityAway],
});

const genocide = coreCrime('genocide', 'Genocide', [
  act(
    'Was there a killing, serious bodily or mental harm, conditions of life meant to destroy, measures to prevent births, or a forcible transfer of children?',
    'Rome Statute Article 6(a) to (e)',
  ),
  victimStatus(
    'Did the victims belong, or were they taken to belong, to a national, ethnical, racial or religious group?',
    'Rome Statute Article 6',
  ),
  element(
    'context',
    'Manifest pattern',
    'Did the conduct take place in a manifest pattern of similar conduct against that group, or could it by itself effect its destruction?',
    'Elements of Crimes, Article 6, last element',
    CIRCUMSTANCE,
  ),
  element(
    'specialIntent',
    'Special intent',
    'Did the applicant intend to destroy that group as such, in whole or in part; or, when aiding, know that the main perpetrators did?',
    'Rome Statute Articles 6 and 25(3)',
    PERSONAL,
  ),
]);

const crimesAgainstHumanity = coreCrime('crimesAgainstHumanity', 'Crime against humanity', [
  act(
    'Was there murder, extermination, enslavement, deportation, unlawful imprisonment, torture, sexual violence, persecution, enforced disappearance, apartheid or another inhumane act of that kind?',
    'Rome Statute Article 7(1)(a) to (k) and 7(2)',
  ),
  victimStatus(
    'Did the victims belong to the civilian population against which the attack was directed?',
    'Rome Statute Article 7(1)',
  ),
  element(
    'context',
    'Attack and policy',
    'Was there a widespread or systematic attack against a civilian population, under or furthering the policy of a state or organisation, and was the act part of it?',
    'Rome Statute Article 7(1) and 7(2)(a)',
    CIRCUMSTANCE,
  ),
  element(
    'knowledgeOfAttack',
    'Knowledge of the attack',
    'Did the applicant know of the attack and that the conduct was, or was meant to be, part of it?',
    'Rome Statute Article 7(1); Elements of Crimes, Article 7, introduction, paragraph 2',
    PERSONAL,
  ),
]);

const warCrimes = coreCrime('warCrimes', 'War crime', [
  act(
    'Was there a grave breach or another serious violation of the laws and customs of war that is a crime in that kind of conflict?',
    'Rome Statute Article 8(2)(a), (b), (c) and (e)',
  ),
  victimStatus(
    'Were the persons or objects protected: civilians or civilian objects, wounded, prisoners, others out of the fight, medical or relief personnel?',
    'Rome Statute Article 8(2); Geneva Conventions of 1949, common Article 3',
  ),
  element(
    'conflict',
    'Armed conflict',
    'Was there an armed conflict at that place and time, and was it international or not, between which parties?',
    'Rome Statute Article 8(2)(b), (c), (d), (e) and (f)',
    CIRCUMSTANCE,
  ),
  element(
    'context',
    'Nexus with the conflict',
    'Did the conduct take place in the context of that conflict and in association with it, and not merely at the same time?',
    'Elements of Crimes, Article 8, last elements',
    CIRCUMSTANCE,
  ),
  element(
    'knowledgeOfConflict',
    'Awareness of the circumstances',
    'Was the applicant aware of the facts that made the victims protected and of those that established the conflict?',
    'Elements of Crimes, Article 8, introduction and last elements',
    PERSONAL,
  ),
]);

const crimeAgainstPeace = coreCrime('crimeAgainstPeace', 'Crime against peace', [
  act(
    'Did the applicant plan, prepare, initiate or execute an act of aggression?',
    'Charter of the Nuremberg Tribunal Article 6(a); Rome Statute Article 8 bis(1)',
  ),
  victimStatus(
    'Was the force directed against the sovereignty, territory or political independence of another state?',
    'Rome Statute Article 8 bis(2)',
  ),
  element(
    'context',
    'Manifest violation of the Charter',
    'Was it, by character, gravity and scale, a manifest violation of the Charter of the United Nations?',
    'Rome Statute Article 8 bis(1); Charter of the United Nations Article 2(4)',
    CIRCUMSTANCE,
  ),
  element(
    'leadership',
    'Leadership',
    'Was the applicant in a position effectively to control or direct the political or military action of a state?',
    'Rome Statute Articles 8 bis(1) and 25(3 bis)',
    PERSONAL,
  ),
]);

const seriousness = (legalSource: string): Element =>
  element(
    'seriousness',
    'Seriousness',
    'Judged by international standards and in this individual case (nature of the act, harm done, procedure and penalty in most jurisdictions, circumstances): is the crime serious? The penalty in the law of one state does not decide it.',
    legalSource,
    CIRCUMSTANCE,
  );

const seriousNonPoliticalCrime: ElementTemplate = {
  ground: '1F(b)',
  crime: 'seriousNonPoliticalCrime',
  version: 1,
  label: 'Serious non-political crime',
  scopes: ['refugeeStatus'],
  legalBasis: basis('Article 1F(b)', 'Article 12(2)(b)', 'Article 12(2)(b)'),
  elements: [
    act(
      'Which criminal act is alleged, against whom or what, and with what harm?',
      `1951 Refugee Convention Article 1F(b); ${QUALIFICATION} Article 12(2)(b)`,
    ),
    seriousness('UNHCR Guidelines on International Protection No. 5, paragraph 14; Court of Justice C-369/17 (Ahmed)'),
    element(
      'nonPolitical',
      'Non-political character',
      'Was the crime non-political: committed mainly for other motives, without a close link to a political objective, or by particularly cruel action out of proportion to it?',
      `${QUALIFICATION} Article 12; UNHCR Guidelines on International Protection No. 5, paragraph 15`,
      CIRCUMSTANCE,
    ),
    element(
      'outsideRefuge',
      'Outside the country of refuge',
      'Was the crime committed outside the country of refuge?',
      '1951 Refugee Convention Article 1F(b)',
      CIRCUMSTANCE,
    ),
    element(
      'beforeAdmission',
      'Before admission',
      'Was the crime committed before the applicant was admitted to that country as a refugee?',
      `1951 Refugee Convention Article 1F(b); ${QUALIFICATION} Article 12(2)(b)`,
      CIRCUMSTANCE,
    ),
    ...commonToEveryGround,
    ...whatTakesResponsibilityAway,
  ],
};

const actsContraryToPurposes: ElementTemplate = {
  ground: '1F(c)',
  crime: 'actsContraryToPurposes',
  version: 1,
  label: 'Acts contrary to the purposes and principles of the United Nations',
  scopes: ['refugeeStatus', 'subsidiaryProtection'],
  legalBasis: basis('Article 1F(c)', 'Articles 12(2)(c) and 17(1)(c)', 'Articles 12(2)(c) and 17(1)(c)'),
  elements: [
    act(
      'Which act is alleged that is contrary to those purposes and principles, such as an act of international terrorism or participation in one?',
      'Charter of the United Nations, Preamble and Articles 1 and 2; Court of Justice C-573/14 (Lounani)',
    ),
    element(
      'internationalDimension',
      'International dimension',
      'Is the act capable of harming international peace, security or the peaceful relations between states, or a serious and sustained violation of fundamental human rights?',
      'UNHCR Guidelines on International Protection No. 5, paragraph 17; Court of Justice C-573/14 (Lounani)',
      CIRCUMSTANCE,
    ),
    element(
      'position',
      'Position and individual responsibility',
      'Can this person, by position or by what he or she personally did, be held to act against those purposes and principles? A conviction for membership is weighed, never enough by itself.',
      'Court of Justice C-573/14 (Lounani) and C-57/09 and C-101/09 (B and D)',
      PERSONAL,
    ),
    ...commonToEveryGround,
    ...whatTakesResponsibilityAway,
  ],
};

const seriousCrime: ElementTemplate = {
  ground: 'seriousCrimeSP',
  crime: 'seriousCrime',
  version: 1,
  label: 'Serious crime (subsidiary protection); it need not be non-political',
  scopes: ['subsidiaryProtection'],
  legalBasis: basis(null, 'Article 17(1)(b)', 'Article 17(1)(b)'),
  elements: [
    act(
      'Which criminal act is alleged, against whom or what, and with what harm?',
      `${QUALIFICATION} Article 17(1)(b)`,
    ),
    seriousness('Court of Justice C-369/17 (Ahmed)'),
    element(
      'beforeArrivalOrConvicted',
      'Before arrival, or convicted after it',
      'Was the crime committed before arrival on the territory of the Member State, or was the applicant convicted for it after arrival? An application still governed by Directive 2011/95/EU knows no such limit: then say so and find it met.',
      `${QUALIFICATION} Article 17(1)(b); Directive 2011/95/EU Article 17(1)(b)`,
      CIRCUMSTANCE,
    ),
    ...commonToEveryGround,
    ...whatTakesResponsibilityAway,
  ],
};

export const VERSION_1: readonly ElementTemplate[] = [
  genocide,
  crimesAgainstHumanity,
  warCrimes,
  crimeAgainstPeace,
  seriousNonPoliticalCrime,
  actsContraryToPurposes,
  seriousCrime,
];
