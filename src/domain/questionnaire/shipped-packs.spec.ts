import { describe, expect, it } from '@jest/globals';
import { adult, ids, packs, planOf, play, type Account } from '../../../test/support/shipped-packs.js';
import { BYSTANDER, OFFICIAL } from '../../demo/people.js';
import { start, type AnswerInput } from './session.js';
import { view } from './view.js';

const livedThrough = (birthDate: string): Account => ({
  birthDate,
  accountPeriods: ['war1990', 'spring1994'],
  residences: [{ residencePlace: { ref: 'kabarondo' }, residencePeriod: '1985/1994-07' }],
  idCardFate: 'lost',
  partyTaken: ['none'],
  publicOffice: ['none'],
  serviceForces: ['none'],
  proceedings: ['none'],
  helpGiven: ['none'],
});

const rwanda: { [who: string]: Account } = {
  'a local official who led a barrier and attacks': OFFICIAL.exclusion,
  'a farmer who passed barriers and saw killings': { ...BYSTANDER.exclusion, birthDate: '1968~' },
  'a survivor hunted with the family': {
    ...livedThrough('1971-08'),
    idCardFate: 'destroyed',
    neighbourhood: ['barriers', 'searches', 'killings', 'refuge'],
    askedOfYou: ['nothing'],
    sleptWhere: 'hiding',
    violencePosition: ['threatened', 'lostFamily'],
    afterJuly: ['stayed'],
    barrierPersonal: ['stopped'],
    helpGiven: ['received'],
    'witnessAccount.where': { ref: 'murambiSchool' },
    'witnessAccount.when': '1994-04-21',
    'witnessAccount.link': 'victim',
    'witnessAccount.willing': 'later',
  },
  'a cook and driver of the army': {
    ...livedThrough('1966-01-20'),
    neighbourhood: ['barriers', 'soldiers'],
    askedOfYou: ['nothing'],
    sleptWhere: 'barracks',
    serviceForces: ['far'],
    violencePosition: ['notThere'],
    afterJuly: ['camp'],
    barrierPersonal: ['passed'],
    postings: [
      {
        postingUnit: { ref: 'ngomaCamp' },
        postingPeriod: '1991/1994-07',
        postingRank: { ref: 'farCaporal' },
        postingDuty: ['cook', 'driver'],
      },
    ],
    serviceEntry: 'own',
    serviceCarriedLoad: ['supplies', 'wounded'],
    campOwnPart: ['lived'],
  },
  'a boy of thirteen brought along by adults': {
    ...livedThrough('1981-02'),
    neighbourhood: ['barriers', 'killings'],
    askedOfYou: ['barrier'],
    sleptWhere: 'home',
    violencePosition: ['made'],
    afterJuly: ['stayed'],
    barrierPersonal: ['stoodOrdered'],
    barrierStopped: ['killedThere'],
    barrierOwnActs: ['struck'],
    barrierRota: 'child',
  },
  'a gendarme who surrounded a school': {
    ...livedThrough('1964-07'),
    neighbourhood: ['soldiers', 'refuge', 'killings'],
    askedOfYou: ['nothing'],
    sleptWhere: 'barracks',
    serviceForces: ['gendarmerie'],
    violencePosition: ['guarded'],
    afterJuly: ['camp', 'group'],
    postings: [{ postingRank: { ref: 'farAdjudant' }, postingDuty: ['guard', 'command'] }],
    serviceCommanded: 15,
    serviceWithMilitia: ['together'],
    serviceGuarded: ['refuge'],
    serviceOwnActs: ['guardedSite', 'fired'],
    incidents: [
      {
        incidentPlace: { ref: 'murambiSchool' },
        incidentDate: '1994-04-21',
        incidentVictims: ['refuge'],
        incidentOwnPart: ['surrounded'],
        incidentAge: 29,
      },
    ],
    campOwnPart: ['drilled'],
    'commandResponsibility.control': 'discipline',
    'commandResponsibility.done': 'killed',
    'commandResponsibility.learned': 'before',
    'commandResponsibility.reaction': ['nothing'],
    'commandResponsibility.age': 29,
  },
  'a fighter born in exile who attacked a bus': {
    birthDate: '1992-01',
    accountPeriods: ['neverThere'],
    residences: [{ residencePlace: { said: 'a settlement in the forest' }, residencePeriod: '1992/2019' }],
    serviceForces: ['fln'],
    publicOffice: ['none'],
    partyTaken: ['none'],
    violencePosition: ['amongAttackers'],
    afterJuly: ['group'],
    groupEntry: 'child',
    groupAge: 14,
    groupTasks: ['combat'],
    groupOwnActs: ['attacked'],
    groupActsAge: 26,
    incidents: [
      { incidentPlace: { ref: 'nyungwe' }, incidentDate: '2018-12-15', incidentOwnPart: ['struck'], incidentAge: 26 },
    ],
    eventsKnown: { ref: 'nyungwe2018' },
    'childAssociation.age': 14,
    'childAssociation.untilAge': 27,
    proceedings: ['none'],
    helpGiven: ['none'],
  },
};

describe('the shipped packs', () => {
  it.each(['RW', 'base'])('%s compiles without a problem', (pack) => {
    const result = packs[pack]!;
    expect(result.ok ? [] : result.problems).toEqual([]);
  });

  it.each([
    ['RW-exclusion', 80, 200],
    ['RW-screening', 15, 25],
    ['base-screening', 15, 25],
  ])('%s has a bank of %i to %i questions of its own', (id, least, most) => {
    const own = planOf(id).nodes.filter((node) => node.kind === 'question' && !node.file.includes('/modules/'));
    expect(own.length).toBeGreaterThanOrEqual(least);
    expect(own.length).toBeLessThanOrEqual(most);
  });

  it.each(['RW-exclusion', 'RW-screening', 'base-exclusion', 'base-screening'])(
    'gives every question of %s a purpose and a basis, and every indicator an innocent explanation',
    (id) => {
      const { nodes, indicators } = planOf(id);
      const bare = nodes.filter(
        (node) => node.kind === 'question' && !(node.definition.purpose && node.definition.basis?.length),
      );
      expect(bare.map((node) => node.id)).toEqual([]);
      expect(indicators.filter(({ definition }) => definition.innocent.length === 0)).toEqual([]);
    },
  );

  it('marks no entry of the reference data as verified that names no place to read it', () => {
    const entries = Object.values(planOf('RW-exclusion').reference);
    const unproven = entries.filter(({ entry }) => entry.verified && !entry.sources.some(({ url }) => url));
    expect(entries.length).toBeGreaterThan(150);
    expect(unproven.map(({ entry }) => entry.id)).toEqual([]);
  });

  it.each(['RW-exclusion', 'RW-screening', 'base-exclusion', 'base-screening'])(
    'founds no question of %s on an encyclopedia',
    (id) => {
      const bases = planOf(id).nodes.flatMap((node) => (node.kind === 'question' ? (node.definition.basis ?? []) : []));
      expect(bases.filter((basis) => /wikipedia/i.test(JSON.stringify(basis)))).toEqual([]);
    },
  );

  it('verifies no entry of the reference data by an encyclopedia alone', () => {
    const alone = Object.values(planOf('RW-exclusion').reference).filter(
      ({ entry }) => entry.verified && entry.sources.every(({ source, url }) => !url || /wikipedia/i.test(source)),
    );
    expect(alone.map(({ entry }) => entry.id)).toEqual([]);
  });

  it.each([
    ['RW-exclusion', ['violencePosition', 'serviceForces', 'publicOffice', 'askedOfYou', 'proceedings']],
    ['RW-screening', ['violencePosition', 'serviceForces', 'publicOffice', 'askedOfYou', 'proceedings']],
    ['base-exclusion', ['violencePosition', 'links', 'office', 'support', 'checkpoints', 'ledOthers', 'proceedings']],
    ['base-screening', ['violencePosition', 'links', 'office', 'support', 'proceedings']],
  ])('%s is not finished before what decides is accounted for', (id, decisive) => {
    const plan = planOf(id);
    const lived = plan.byId['accountPeriods'] === undefined ? {} : { accountPeriods: ['spring1994'] };
    const linked = plan.byId['links'] === undefined ? {} : { links: ['military'] };
    const answers = Object.entries({ ...lived, ...linked }).map(([questionId, value]) => ({ questionId, value }));
    const missing = (more: AnswerInput[]) =>
      view(start(plan, adult, [...answers, ...more])).missing.map(({ questionId }) => questionId);
    const open = [...decisive, 'ownExplanation'].filter((one) => !(one in linked));
    expect(missing([])).toEqual(expect.arrayContaining(open));
    const left = missing(open.map((questionId) => ({ questionId, status: 'refused' })));
    expect(left.filter((one) => open.includes(one))).toEqual([]);
  });
});

describe('whole accounts in the Rwanda exclusion interview', () => {
  const plan = planOf('RW-exclusion');
  const [official, farmer, survivor, cook, boy, gendarme, exile] = Object.keys(rwanda) as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];

  it.each(Object.keys(rwanda))('asks %s everything the account speaks of', (who) => {
    expect(play(plan, rwanda[who]!).unasked).toEqual([]);
  });

  it('raises what the official describes, each with its reason', () => {
    const { indicators } = play(plan, rwanda[official]!);
    expect(ids(indicators, 'high')).toEqual([
      'ownActsTold',
      'barrierViolence',
      'barrierControl',
      'patrolViolence',
      'incitement',
      'officeOrders',
      'officeOmission',
      'militiaAttack',
      'incidentViolence',
      'commandResponsibility.omission',
    ]);
    expect(indicators.find(({ id }) => id === 'barrierViolence')!.reason).toContain('Kabarondo');
    expect(ids(indicators, 'low')).toEqual(
      expect.arrayContaining(['barrierDuty', 'localOffice', 'militiaMembership', 'propertyTaken']),
    );
  });

  it.each([
    [gendarme, ['serviceViolence', 'commandResponsibility.omission']],
    [exile, ['incidentViolence', 'groupViolence', 'terrorAttack']],
  ])('raises what %s describes', (who, high) => {
    expect(ids(play(plan, rwanda[who]!).indicators, 'high')).toEqual(high);
  });

  it('asks nobody about 1994 who was never in Rwanda', () => {
    const { asked } = play(plan, rwanda[exile]!);
    expect(asked).not.toContain('firstDays');
    expect(asked).not.toContain('idCardFate');
    expect(asked).toContain('childAssociation.taken');
  });

  it.each([farmer, survivor, cook])('keeps the interview of %s short and raises nothing high', (who) => {
    const { open, indicators } = play(plan, rwanda[who]!);
    expect(ids(indicators, 'high')).toEqual([]);
    expect(open).toBeLessThanOrEqual(40);
  });

  it('raises nothing at all about the farmer, the survivor and the cook', () => {
    for (const who of [farmer, survivor, cook]) expect(ids(play(plan, rwanda[who]!).indicators)).toEqual([]);
  });

  it('asks the survivor what, where, when, who and whether contact is welcome, and stops', () => {
    const { asked } = play(plan, rwanda[survivor]!);
    expect(asked.filter((id) => id.startsWith('witnessAccount.'))).toEqual(
      ['what', 'where', 'when', 'who', 'link', 'willing'].map((id) => `witnessAccount.${id}`),
    );
  });

  it('raises nothing high about acts before the applicant was certainly adult', () => {
    expect(ids(play(plan, rwanda[boy]!).indicators)).toEqual(['barrierDuty', 'ownActsDescribed']);
    const perhaps = play(plan, { ...rwanda[official]!, birthDate: '1976~' }).indicators;
    expect(ids(perhaps, 'high')).toEqual(['incidentViolence', 'commandResponsibility.omission']);
  });

  it('closes what a child must not be asked', () => {
    const { asked } = play(plan, rwanda[official]!, { child: 'unclear', language: 'en' });
    expect(play(plan, rwanda[official]!).asked).toContain('womenFate');
    expect(asked).not.toContain('womenFate');
  });

  it('raises nothing when everything is refused', () => {
    const refused = plan.nodes
      .filter((node) => node.kind === 'question' && node.chain.length === 0)
      .map(({ id }) => ({ questionId: id, status: 'refused' }));
    expect(view(start(plan, adult, refused)).indicators).toEqual([]);
  });
});
