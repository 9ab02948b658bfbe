import { describe, expect, it } from '@jest/globals';
import { ids, planOf, play, type Account } from '../../../test/support/shipped-packs.js';

const elsewhere: { [who: string]: Account } = {
  'a fighter of a militia at a checkpoint': {
    birthDate: '1984-05',
    links: ['militia'],
    office: ['none'],
    youngestAge: 27,
    ledOthers: 12,
    checkpoints: ['manned'],
    support: ['member'],
    violencePosition: ['amongAttackers'],
    'militia.place': 'leader',
    'militia.ownActs': ['struck', 'killed'],
    'militia.age': 28,
    'checkpoint.role': ['command'],
    'checkpoint.ownActs': ['handedOver'],
    'checkpoint.age': 28,
    incidents: [{ incidentOwnPart: ['killed', 'burned'], incidentAge: 28 }],
    'commandResponsibility.control': 'discipline',
    'commandResponsibility.done': 'killed',
    'commandResponsibility.learned': 'during',
    'commandResponsibility.reaction': ['nothing'],
    'commandResponsibility.age': 28,
    proceedings: ['none'],
    helpGiven: ['none'],
  },
  'a shopkeeper who saw the war pass': {
    birthDate: '1979',
    links: ['none'],
    office: ['business'],
    checkpoints: ['passed'],
    support: ['none'],
    violencePosition: ['saw'],
    residences: [{}, {}],
    proceedings: ['none'],
    helpGiven: ['fed'],
  },
  'a prisoner who was tortured': {
    birthDate: '1990-10-02',
    links: ['prison'],
    office: ['none'],
    youngestAge: 22,
    ledOthers: 0,
    checkpoints: ['passed'],
    support: ['none'],
    violencePosition: ['threatened'],
    'detentionFacility.role': ['held'],
    'detentionFacility.treatment': ['torture', 'deaths'],
    'witnessAccount.link': 'victim',
    'witnessAccount.willing': 'yes',
    proceedings: ['none'],
    helpGiven: ['none'],
  },
  'a cook of an army': {
    birthDate: '1988',
    links: ['military'],
    office: ['none'],
    youngestAge: 19,
    ledOthers: 0,
    checkpoints: ['none'],
    support: ['none'],
    violencePosition: ['notThere'],
    'militaryService.postings': [{ 'militaryService.duty': ['cook'] }],
    proceedings: ['none'],
    helpGiven: ['none'],
  },
};

describe('whole accounts in the exclusion interview for countries without a pack', () => {
  const plan = planOf('base-exclusion');
  const [fighter, ...others] = Object.keys(elsewhere) as [string, ...string[]];

  it.each(Object.keys(elsewhere))('asks %s everything the account speaks of', (who) => {
    expect(play(plan, elsewhere[who]!).unasked).toEqual([]);
  });

  it('raises what the fighter describes', () => {
    expect(ids(play(plan, elsewhere[fighter]!).indicators, 'high')).toEqual([
      'incidentViolence',
      'militia.violence',
      'checkpoint.violence',
      'commandResponsibility.omission',
    ]);
  });

  it.each(others)('keeps the interview of %s short and raises nothing high', (who) => {
    const { open, indicators } = play(plan, elsewhere[who]!);
    expect(ids(indicators, 'high')).toEqual([]);
    expect(open).toBeLessThanOrEqual(40);
  });
});
