import { describe, expect, it } from '@jest/globals';
import { adult, planOf, type Account } from '../../../test/support/shipped-packs.js';
import type { Plan } from './plan.js';
import { raisedIndicators, start, type AnswerInput, type Session } from './session.js';
import { inLanguage } from './texts.js';
import { view } from './view.js';

/** An account that raises the indicator, and what its innocent twin says instead. */
type Pair = [raises: Account, twin: Account];

const raisedBy = (plan: Plan, account: Account): string[] => raisedIndicators(told(plan, account)).map(({ id }) => id);

function told(plan: Plan, account: Account): Session {
  const answers = Object.entries(account).flatMap(([questionId, value]): AnswerInput[] =>
    plan.nodes[plan.byId[questionId] ?? -1]?.kind === 'repeat'
      ? (value as Account[]).flatMap((item, index) =>
          Object.entries(item).map(([inner, said]) => ({ questionId: inner, item: index, value: said })),
        )
      : [{ questionId, value }],
  );
  return start(plan, adult, answers);
}

const lived: Account = { birthDate: '1965', accountPeriods: ['spring1994'] };
const barrier: Account = { ...lived, askedOfYou: ['barrier'], barrierPersonal: ['stoodRota'] };
const patrol: Account = { ...lived, askedOfYou: ['patrol'], patrolPart: 'went' };
const meeting: Account = { ...lived, askedOfYou: ['meeting'] };
const office: Account = { ...lived, publicOffice: ['bourgmestre'] };
const militia: Account = { ...lived, serviceForces: ['interahamwe'] };
const soldier: Account = { ...lived, serviceForces: ['far'], postings: [{ postingDuty: ['combat'] }] };
const rpa: Account = { ...lived, serviceForces: ['rpa'] };
const group: Account = { ...lived, serviceForces: ['fdlr'], groupTasks: ['combat'] };
const attack: Account = { ...lived, violencePosition: ['amongAttackers'] };
const house: Account = { ...lived, publicOffice: ['clergy'] };
const press: Account = { ...lived, publicOffice: ['journalist'] };
const crime: Account = { ...lived, proceedings: ['otherCrime'], crimePlace: 'origin', crimeKind: ['killing'] };

const rwandaExclusion: { [indicator: string]: Pair } = {
  ownActsTold: [{ ...lived, violencePosition: ['ordered'] }, { birthDate: '1982' }],
  ownActs: [
    { ...lived, birthDate: '1982', violencePosition: ['amongAttackers'] },
    { violencePosition: ['made', 'resisted'] },
  ],
  heldPeople: [{ ...lived, violencePosition: ['guarded'] }, { violencePosition: ['saw'] }],
  searchAsked: [{ ...lived, askedOfYou: ['search'], violencePosition: ['made'] }, { violencePosition: ['resisted'] }],
  barrierViolence: [{ ...barrier, barrierOwnActs: ['killed'] }, { barrierOwnActs: ['watched', 'letPass'] }],
  barrierControl: [
    { ...barrier, barrierOwnActs: ['decided'], barrierStopped: ['killedThere'] },
    { barrierStopped: ['passed', 'papers'] },
  ],
  barrierChecks: [{ ...barrier, barrierOwnActs: ['papers'] }, { barrierOwnActs: ['letPass'] }],
  barrierDuty: [barrier, { barrierPersonal: ['passed', 'food'] }],
  patrolViolence: [{ ...patrol, patrolOwnActs: ['struck'] }, { patrolOwnActs: ['walked', 'letGo'] }],
  patrolSearch: [{ ...patrol, patrolPurpose: ['tutsi'], patrolOwnActs: ['searched'] }, { patrolPurpose: ['thieves'] }],
  incitement: [{ ...meeting, meetingOwnPart: ['calledAttack'] }, { meetingOwnPart: ['spokeCalm'] }],
  meetingRole: [{ ...meeting, meetingOwnPart: ['chaired'] }, { meetingOwnPart: ['listened'] }],
  officeOrders: [
    { ...office, officeInstructions: ['attack'], officePassedOn: 'passedOn' },
    { officePassedOn: 'opposed' },
  ],
  officeOmission: [
    { ...office, officeControl: ['communalPolice'], officeSubordinates: 'killed', officeReaction: 'nothing' },
    { officeReaction: 'couldNot' },
  ],
  officeRefugeAttacked: [{ ...office, officeRefuge: 'attacked' }, { officeRefuge: 'protected' }],
  officeLists: [{ ...office, officeRegisters: 'newLists' }, { officeRegisters: 'ordinary' }],
  officeFirearms: [{ ...office, officeArms: 'distributed' }, { officeArms: 'none' }],
  localOffice: [office, { publicOffice: ['teacher'] }],
  militiaAttack: [{ ...militia, militiaTasks: ['attack'] }, { militiaTasks: ['rallies', 'left'] }],
  militiaGuard: [{ ...militia, militiaTasks: ['barrier'] }, { militiaTasks: ['errands', 'protected'] }],
  militiaMembership: [militia, { serviceForces: ['none'] }],
  militiaLeading: [{ ...militia, militiaPost: 'cell' }, { militiaPost: 'helper' }],
  civilDefenceArms: [
    { ...lived, serviceForces: ['civilDefence'], cdOwnPart: ['distributed'] },
    { cdOwnPart: ['trained'] },
  ],
  serviceViolence: [{ ...soldier, serviceOwnActs: ['fired'] }, { serviceOwnActs: ['refused', 'escortedSafety'] }],
  serviceRing: [{ ...soldier, serviceOwnActs: ['guardedSite'] }, { serviceOwnActs: ['none'] }],
  serviceMilitiaSupport: [{ ...soldier, serviceWithMilitia: ['armed'] }, { serviceWithMilitia: ['stopped'] }],
  driverOfAttackers: [
    { ...lived, serviceForces: ['far'], postings: [{ postingDuty: ['driver'] }], serviceCarriedLoad: ['militia'] },
    { serviceCarriedLoad: ['wounded', 'fleeing'] },
  ],
  incidentViolence: [
    { ...attack, incidents: [{ incidentOwnPart: ['killed'], incidentAge: 29 }] },
    { incidents: [{ incidentOwnPart: ['killed'], incidentAge: 12 }] },
  ],
  incidentActs: [
    { ...attack, incidents: [{ incidentOwnPart: ['burned'] }] },
    { incidents: [{ incidentOwnPart: ['madeToWatch', 'warned'] }] },
  ],
  incidentContribution: [
    { ...attack, incidents: [{ incidentOwnPart: ['surrounded'] }] },
    { incidents: [{ incidentOwnPart: ['watched'] }] },
  ],
  ownActsDescribed: [{ ...barrier, birthDate: '1981', barrierOwnActs: ['struck'] }, { barrierOwnActs: ['none'] }],
  sexualViolence: [{ ...attack, womenFate: ['permitted'] }, { womenFate: ['protectedByApplicant'] }],
  propertyTaken: [{ ...attack, propertyFate: ['took'] }, { propertyFate: ['kept', 'returned'] }],
  mediaIncitement: [{ ...press, mediaTask: ['presenter'], mediaKind: ['calledKill'] }, { mediaTask: ['technician'] }],
  mediaWork: [{ ...press, mediaKind: ['insulted'] }, { mediaKind: ['news', 'calm'] }],
  refugeBetrayed: [{ ...house, houseOwnPart: ['openedDoors'] }, { houseOwnPart: ['shelteredThem', 'powerless'] }],
  refugeLists: [{ ...house, houseOwnPart: ['listed'] }, { houseOwnPart: ['fedThem'] }],
  rpaViolence: [{ ...rpa, rpaOwnActs: ['killed'], rpaActsAge: 24 }, { rpaActsAge: 16 }],
  rpaContribution: [{ ...rpa, rpaOwnActs: ['separated'] }, { rpaOwnActs: ['protected'] }],
  kibehoCordon: [{ ...rpa, rpaApril1995: 'cordon' }, { rpaApril1995: 'elsewhere' }],
  campControl: [{ ...lived, afterJuly: ['camp'], campOwnPart: ['drilled'] }, { campOwnPart: ['lived', 'school'] }],
  groupViolence: [{ ...group, groupOwnActs: ['attacked'], groupActsAge: 31 }, { groupActsAge: 15 }],
  groupService: [group, { serviceForces: ['none'] }],
  terrorAttack: [
    { ...group, serviceForces: ['fln'], groupOwnActs: ['attacked'], groupActsAge: 31 },
    { groupOwnActs: ['elsewhere'] },
  ],
  convictedForThoseEvents: [{ ...lived, proceedings: ['gacacaAbsent'] }, { proceedings: ['gacacaAcquitted'] }],
  seriousCrimeElsewhere: [{ ...crime, crimePart: 'did' }, { crimePart: 'denies' }],
  seriousCrimeAlleged: [{ ...crime, crimePart: 'denies' }, { crimeKind: ['political'] }],
  seriousCrimeHere: [{ ...crime, crimePlace: 'here', crimePart: 'did' }, { crimeKind: ['documents'] }],
};

const fighter: Account = { ...lived, serviceForces: ['interahamwe'], serviceRole: ['combat'] };
const stood: Account = { ...lived, askedOfYou: ['barrier'] };
const rwandaScreening: { [indicator: string]: Pair } = {
  ownActsTold: [{ ...lived, violencePosition: ['amongAttackers'] }, { birthDate: '1982' }],
  ownActs: [
    { ...lived, birthDate: '1982', violencePosition: ['amongAttackers'] },
    { violencePosition: ['made', 'resisted'] },
  ],
  barrierHarmTold: [{ ...stood, barrierPart: ['harmed', 'papers'] }, { barrierPart: ['orderedThere'] }],
  heldPeople: [{ ...lived, violencePosition: ['guarded'] }, { violencePosition: ['saw'] }],
  barrierTasks: [{ ...stood, barrierPart: ['heldBack'] }, { barrierPart: ['letPass'] }],
  barrierDuty: [
    { ...lived, askedOfYou: ['barrier'], barrierPart: ['orderedThere'] },
    { askedOfYou: ['hide'], barrierPart: ['letPass'] },
  ],
  searchAsked: [{ ...lived, askedOfYou: ['search'], violencePosition: ['made'] }, { violencePosition: ['resisted'] }],
  militiaMembership: [fighter, { serviceRole: ['pressed', 'child'] }],
  armedRole: [{ ...fighter, serviceForces: ['far'] }, { serviceRole: ['support'] }],
  localOffice: [{ ...lived, publicOffice: ['cellule'] }, { accountPeriods: ['war1990'] }],
  proceedingsKnown: [{ ...lived, proceedings: ['gacacaConvicted'] }, { proceedings: ['gacacaWitness', 'ictrWitness'] }],
  graveCrimeKnown: [{ ...lived, proceedings: ['otherCrime'], crimeKind: ['grave'] }, { crimeKind: ['political'] }],
  armedGroupAbroad: [{ ...fighter, serviceForces: ['fdlr'] }, { serviceRole: ['pressed'] }],
};

const crimeElsewhere: Account = { proceedings: ['otherCrime'], crimePlace: 'transit', crimeKind: ['trafficking'] };
const incident = (ownPart: string, age?: number): Account => ({
  violencePosition: ['amongAttackers'],
  incidents: [{ incidentOwnPart: [ownPart], ...(age && { incidentAge: age }) }],
});
/** The pairs that every module with own acts has: told by an adult, told at any age, a contribution. */
const acts = (module: string, gate: Account): { [indicator: string]: Pair } => ({
  [`${module}.violence`]: [
    { ...gate, [`${module}.ownActs`]: ['killed'], [`${module}.age`]: 30 },
    { [`${module}.age`]: 14 },
  ],
  [`${module}.actsDescribed`]: [
    { ...gate, [`${module}.ownActs`]: ['struck'], [`${module}.age`]: 14 },
    { [`${module}.ownActs`]: ['none'] },
  ],
});
const contribution = (module: string, gate: Account): { [indicator: string]: Pair } => ({
  [`${module}.contribution`]: [
    { ...gate, [`${module}.ownActs`]: ['searched'] },
    { [`${module}.ownActs`]: ['refused', 'protectedPeople'] },
  ],
});
const army: Account = { links: ['military'], 'militaryService.postings': [{ 'militaryService.duty': ['combat'] }] };
const armed: Account = { links: ['militia'] };
const manned: Account = { checkpoints: ['manned'], 'checkpoint.role': ['guard'] };
const prison: Account = { links: ['prison'], 'detentionFacility.role': ['guard'] };
const agent: Account = { links: ['intelligence'], 'intelligenceService.task': ['arrests'] };
const attackers: Account = { violencePosition: ['amongAttackers'] };
const command: Account = {
  links: ['military'],
  ledOthers: 40,
  'commandResponsibility.control': 'discipline',
  'commandResponsibility.done': 'killed',
};

const baseExclusion: { [indicator: string]: Pair } = {
  ownActsTold: [{ violencePosition: ['ordered'], ageThen: 40 }, { ageThen: 13 }],
  ownActs: [{ violencePosition: ['ordered'], ageThen: 13 }, { violencePosition: ['made'] }],
  heldPeople: [{ violencePosition: ['guarded'] }, { violencePosition: ['threatened'] }],
  supportTold: [{ support: ['planned'] }, { support: ['member'] }],
  incidentViolence: [incident('killed', 25), incident('killed', 15)],
  incidentActs: [incident('struck', 15), incident('madeToWatch', 15)],
  incidentContribution: [incident('surrounded'), incident('warned')],
  supportForAttacks: [{ support: ['planned'], supportAge: 26 }, { support: ['member'] }],
  moneySupport: [{ support: ['money'] }, { support: ['none'] }],
  proceedingsKnown: [{ proceedings: ['convictedConflict'] }, { proceedings: ['witness'] }],
  seriousCrimeElsewhere: [{ ...crimeElsewhere, crimePart: 'helped' }, { crimePart: 'present' }],
  seriousCrimeAlleged: [{ ...crimeElsewhere, crimePart: 'defended' }, { crimeKind: ['lesser'] }],
  seriousCrimeHere: [{ ...crimeElsewhere, crimePlace: 'here', crimePart: 'did' }, { crimeKind: ['political'] }],
  ...acts('militaryService', army),
  ...contribution('militaryService', army),
  'militaryService.serviceInConflict': [army, { 'militaryService.postings': [{ 'militaryService.duty': ['medic'] }] }],
  ...acts('militia', armed),
  ...contribution('militia', armed),
  'militia.leading': [{ ...armed, 'militia.place': 'commander' }, { 'militia.place': 'helper' }],
  'militia.membership': [{ ...armed, 'militia.group': { said: 'Ikirere' } }, { links: ['none'] }],
  ...acts('checkpoint', manned),
  ...contribution('checkpoint', manned),
  'checkpoint.duty': [manned, { 'checkpoint.role': ['passed'] }],
  ...acts('detentionFacility', prison),
  'detentionFacility.contribution': [
    { ...prison, 'detentionFacility.ownActs': ['withheld'] },
    { 'detentionFacility.ownActs': ['helped', 'reported'] },
  ],
  'detentionFacility.staffWhereAbuse': [
    { ...prison, 'detentionFacility.treatment': ['torture'] },
    { 'detentionFacility.role': ['held'] },
  ],
  ...acts('intelligenceService', agent),
  ...contribution('intelligenceService', agent),
  'intelligenceService.reportsFollowed': [
    { ...agent, 'intelligenceService.after': ['vanished'] },
    { 'intelligenceService.task': ['technical'] },
  ],
  'intelligenceService.membership': [
    { ...agent, 'intelligenceService.service': { said: 'The Bureau' } },
    { links: ['none'] },
  ],
  'sexualViolence.violence': [
    { ...attackers, 'sexualViolence.known': ['permitted'], 'sexualViolence.age': 27 },
    { 'sexualViolence.age': 13 },
  ],
  'sexualViolence.actsDescribed': [
    { ...attackers, 'sexualViolence.known': ['ownAct'] },
    { 'sexualViolence.known': ['byOthers', 'protectedPeople'] },
  ],
  'commandResponsibility.omission': [
    {
      ...command,
      'commandResponsibility.learned': 'during',
      'commandResponsibility.reaction': ['nothing'],
      'commandResponsibility.age': 33,
    },
    { 'commandResponsibility.reaction': ['couldNot', 'reported'] },
  ],
  'commandResponsibility.subordinatesHarmed': [command, { 'commandResponsibility.control': 'advice' }],
};

const baseScreening: { [indicator: string]: Pair } = {
  ownActsTold: [{ violencePosition: ['ordered'], ageThen: 40 }, { ageThen: 13 }],
  ownActs: [{ violencePosition: ['ordered'], ageThen: 13 }, { violencePosition: ['made'] }],
  heldPeople: [{ violencePosition: ['guarded'] }, { violencePosition: ['threatened'] }],
  activeRole: [{ links: ['military'], serviceRole: ['combat'] }, { serviceRole: ['support'] }],
  prisonOrService: [{ links: ['prison'] }, { links: ['none'] }],
  supportForAttacks: [{ support: ['published'] }, { support: ['member'] }],
  proceedingsKnown: [{ proceedings: ['accusedConflict'] }, { proceedings: ['witness'] }],
  otherCrimeKnown: [{ proceedings: ['otherCrime'] }, { proceedings: ['none'] }],
};

const tables: [string, { [indicator: string]: Pair }][] = [
  ['RW-exclusion', rwandaExclusion],
  ['RW-screening', rwandaScreening],
  ['base-exclusion', baseExclusion],
  ['base-screening', baseScreening],
];

describe.each(tables)('the indicators of %s', (id, table) => {
  const plan = planOf(id);

  it('each have an account that raises them and an innocent twin', () => {
    const own = plan.indicators
      .filter(({ file }) => id !== 'RW-exclusion' || !file.includes('/modules/'))
      .map((one) => one.id);
    expect(Object.keys(table).sort()).toEqual([...own].sort());
  });

  it.each(Object.keys(table))('%s is raised by its account and silent for the twin', (indicator) => {
    const [account, twin] = table[indicator]!;
    expect(raisedBy(plan, account)).toContain(indicator);
    expect(raisedBy(plan, { ...account, ...twin })).not.toContain(indicator);
  });

  it.each(Object.keys(table))('%s gives no reason that the applicant did not speak of', (indicator) => {
    const { reason } = view(told(plan, table[indicator]![0])).indicators.find(({ id }) => id === indicator)!;
    expect(reason).not.toMatch(/not stated|nothing told|not known|not named/);
  });

  it('quote choices as what was said, for all that was chosen is listed', () => {
    const lists = plan.nodes.filter((node) => node.kind === 'question' && node.type === 'multiChoice');
    const misquoting = plan.indicators.filter(({ definition }) =>
      lists.some(({ id: question }) => {
        const [before, ...quoted] = inLanguage(definition.reason, 'en').split(`{${question}|`);
        return quoted.length > 0 && !/ said of [^{}]*(\{[^}]*\}[^{}]*)*: $/.test(before!);
      }),
    );
    expect(misquoting.map((one) => one.id)).toEqual([]);
  });

  it('are never high for membership, rank, office, workplace or proceedings alone', () => {
    const alone = ['serviceForces', 'publicOffice', 'partyTaken', 'proceedings', 'links', 'office', 'accountPeriods'];
    const everything = plan.nodes.flatMap((node): AnswerInput[] =>
      node.kind === 'question' && alone.includes(node.id)
        ? [{ questionId: node.id, value: node.codes.map(({ code }) => code).filter((code) => code !== 'none') }]
        : [],
    );
    const session = start(plan, adult, [{ questionId: 'birthDate', value: '1960' }, ...everything]);
    const high = plan.indicators.filter(({ definition }) => definition.severity === 'high').map((one) => one.id);
    expect(raisedIndicators(session).map((one) => one.id)).not.toEqual([]);
    expect(raisedIndicators(session).filter((one) => high.includes(one.id))).toEqual([]);
  });
});

describe.each(['RW', 'base'])('the two interviews of the pack %s', (pack) => {
  const [screening, exclusion] = [planOf(`${pack}-screening`), planOf(`${pack}-exclusion`)];
  const weight = { low: 1, medium: 2, high: 3 };
  const gravest = (plan: Plan, account: Account) => {
    const asked = Object.fromEntries(Object.entries(account).filter(([id]) => id in plan.byId));
    return Math.max(0, ...view(told(plan, asked)).indicators.map(({ severity }) => weight[severity]));
  };
  const grave = screening.nodes
    .flatMap((node) =>
      node.kind === 'question' && node.type === 'multiChoice'
        ? node.codes.map(({ code }): [string, string] => [node.id, code])
        : [],
    )
    .filter(([id]) => id in exclusion.byId)
    .map(([id, code]): [string, string, Account] => [
      id,
      code,
      { ...lived, ageThen: 30, proceedingOutcome: 'open', [id]: [code] },
    ])
    .filter(([, , account]) => gravest(screening, account) >= weight.medium);

  it('share answers that raise more than a low indicator', () => {
    expect(grave).toContainEqual(['violencePosition', 'ordered', expect.anything()]);
  });

  it.each(grave)('take %s: %s as gravely in the second as in the first', (_question, _code, account) => {
    expect(gravest(exclusion, account)).toBeGreaterThanOrEqual(gravest(screening, account));
  });
});
