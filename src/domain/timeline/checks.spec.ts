import { describe, expect, it } from '@jest/globals';
import { anAccount, codesOf, timelineFor, type Said } from '../../../test/factories/timeline-pack.js';

const at = (ref: string) => ({ ref });
const home = (place: string, homePeriod: unknown) => ({ homePlace: at(place), homePeriod });
const post = (unit: string, postPeriod: unknown, more: Said = {}) => ({ postUnit: at(unit), postPeriod, ...more });
const throughout = home('south', '1980/2010');

/** Given what was said, which questions remain. */
const cases: [title: string, said: Said, codes: string[]][] = [
  // gap
  ['no home is told', {}, []],
  ['homes cover the war', { homes: [home('south', '1990/2000')] }, []],
  ['homes leave out a year of the war', { homes: [home('south', '1990/1993'), home('south', '1995/2000')] }, ['gap']],
  [
    'service fills the year',
    { homes: [home('south', '1990/1993'), home('south', '1995/2000')], postings: [post('second', '1993/1995')] },
    [],
  ],
  [
    'a home of a time not known may fill it',
    { homes: [home('south', '1990/1993'), home('south', '1995/2000'), home('south', 'unknown')] },
    [],
  ],
  ['a vague date may fill it', { homes: [home('south', '1990/1994~'), home('south', '1995/2000')] }, []],
  [
    'what is missing is no longer than 30 days',
    { homes: [home('south', '1990/1994-03-01'), home('south', '1994-03-31/2000')] },
    [],
  ],
  ['it is 31 days', { homes: [home('south', '1990/1994-03-01'), home('south', '1994-04-02/2000')] }, ['gap']],
  ['the account ends before the war', { homes: [home('south', '1980/1992')] }, []],
  ['the missing time is in no known conflict', { homes: [home('south', '1980/1985'), home('south', '1987/2000')] }, []],
  ['the period has one source only', { homes: [home('south', '1980/1989'), home('south', '1991/2000')] }, []],
  ['the applicant was a small child', { birthDate: '1990', homes: [home('south', '1995/2010')] }, ['documentDiffers']],
  // overlap
  ['two homes far apart at once', { homes: [home('north', '1991/1995'), home('south', '1993/2000')] }, ['overlap']],
  ['two homes near each other at once', { homes: [home('hill', '1991/1993-06'), home('well', '1993/2000')] }, []],
  ['two homes one after the other', { homes: [home('north', '1991/1993'), home('south', '1993/2000')] }, []],
  ['a home of unknown extent', { homes: [home('somewhere', '1991/1995'), home('south', '1993/2000')] }, []],
  [
    'a home known by its words only',
    { homes: [{ homePlace: { said: 'a farm' }, homePeriod: '1991/1995' }, throughout] },
    [],
  ],
  [
    'held while serving',
    { cells: [{ cellPlace: at('south'), cellPeriod: '1991/1995' }], postings: [post('second', '1992/1994')] },
    ['overlap'],
  ],
  ['held some time, served some time', { cells: [{ cellPeriod: '1993' }], postings: [post('second', '1993')] }, []],
  ['two units at once', { postings: [post('first', '1992/1996'), post('second', '1993/1997')] }, ['overlap']],
  // presence near an event
  ['lived where it happened', { homes: [home('hill', '1980/2010')] }, ['nearEvent']],
  ['lived in a village of the same province, with no better known place', { homes: [home('well', '1980/2010')] }, []],
  ['lived there in that year, at some time', { homes: [home('hill', '1994')] }, ['gap']],
  ['lived there until the year before', { homes: [home('hill', '1980/1993'), home('south', '1993/2010')] }, []],
  ['the place has one source only', { homes: [home('rumoured', '1980/2010')] }, []],
  [
    'told of it already',
    { homes: [home('hill', '1980/2010')], incidents: [{ incidentPlace: at('hill'), incidentDate: '1994' }] },
    [],
  ],
  ['told of it by name', { homes: [home('hill', '1980/2010')], incidents: [{ incidentEvent: at('attack') }] }, []],
  [
    'told of it as a witness',
    { homes: [home('hill', '1980/2010')], seen: [{ seenPlace: at('hill'), seenDate: '1994-05' }] },
    [],
  ],
  [
    'told of something else there',
    { homes: [home('hill', '1980/2010')], incidents: [{ incidentPlace: at('hill'), incidentDate: '1996' }] },
    ['nearEvent'],
  ],
  // units
  ['served while the unit existed', { postings: [post('first', '1992/1996')] }, []],
  ['served after it was dissolved', { postings: [post('first', '1992/2000')] }, ['unitNotExisting']],
  ['served before it was set up', { postings: [post('first', '1989/1992')] }, ['unitNotExisting']],
  ['served in about the year it was dissolved', { postings: [post('first', '1992/1998~')] }, []],
  [
    'nothing is known of the unit, the organisation was over',
    { postings: [post('second', '1992/2003')] },
    ['unitNotExisting'],
  ],
  ['the unit has one source only', { postings: [post('third', '1992/2003')] }, []],
  ['from then on', { postings: [post('first', '1992/..')] }, []],
  [
    'posted far from its area',
    { postings: [post('first', '1992/1993', { postPlace: at('south') })] },
    ['unitElsewhere'],
  ],
  ['posted inside its area', { postings: [post('first', '1992/1993', { postPlace: at('hill') })] }, []],
  ['posted at an unknown distance', { postings: [post('first', '1992/1993', { postPlace: at('somewhere') })] }, []],
  [
    'the unit of which that is known has one source',
    { postings: [post('third', '1992/1993', { postPlace: at('south') })] },
    [],
  ],
  ['any of several organisations', { forces: ['guard', 'army'], guardPeriod: '1990/1995' }, []],
  // ranks
  [
    'a colonel within five years',
    { postings: [post('second', '1990/1992'), post('second', '1993/1995', { postRank: at('colonel') })] },
    ['rankTooEarly'],
  ],
  [
    'a colonel after fifteen years',
    { postings: [post('second', '1980/1985'), post('second', '1993/1995', { postRank: at('colonel') })] },
    [],
  ],
  [
    'with earlier service of a time not known',
    { postings: [post('second', 'unknown'), post('second', '1993/1995', { postRank: at('colonel') })] },
    [],
  ],
  // superiors
  [
    'a superior who had left',
    { superior: 'Colonel Exemplus Ficticius', postings: [post('first', '1996/1997')] },
    ['superiorNotInPost'],
  ],
  ['a superior in post', { superior: 'Ficticius, Exemplus', postings: [post('first', '1993/1997')] }, []],
  [
    'in one of two postings',
    { superior: 'Exemplus Ficticius', postings: [post('first', '1996/1997'), post('first', '1992/1993')] },
    [],
  ],
  ['a superior of another unit', { superior: 'Exemplus Ficticius', postings: [post('second', '1996/1997')] }, []],
  ['a post with one source', { superior: 'Nemo Fictus', postings: [post('second', '1996/1997')] }, []],
  // age
  ['an age that fits', { incidents: [{ incidentDate: '1994', incidentAge: 24 }] }, []],
  ['an age that does not', { incidents: [{ incidentDate: '1994', incidentAge: 16 }] }, ['ageAtAct']],
  ['an age that fits a vague date', { incidents: [{ incidentDate: '198X', incidentAge: 12 }] }, []],
  ['an act as a child', { incidents: [{ incidentDate: '1984', incidentActs: ['struck'] }] }, ['ageAtAct']],
  ['an act that may have been as a child', { incidents: [{ incidentDate: '1988', incidentActs: ['struck'] }] }, []],
  // papers and particulars
  ['a birth date that agrees with the particulars', { birthDate: '1970-05-01' }, []],
  ['a birth date that does not', { birthDate: '1975' }, ['documentDiffers']],
  [
    'a paper of another time',
    { postings: [post('second', '1992')], papers: [{ paperUnit: at('second'), paperPeriod: '1995' }] },
    ['documentDiffers'],
  ],
  [
    'a paper that agrees',
    { postings: [post('second', '1992/1996')], papers: [{ paperUnit: at('second'), paperPeriod: '1995' }] },
    [],
  ],
  // witnesses
  ['a witness tells of a place and a time', { seen: [{ seenPlace: at('hill'), seenDate: '1994-05' }] }, []],
];

describe('the cross-checks', () => {
  it.each(cases)('when %s', (_, said, codes) => {
    expect(codesOf(timelineFor(said))).toEqual(codes);
  });

  const twice: [string, Said, Said, string[]][] = [
    [
      'serve in the same unit at other times',
      { postings: [post('second', '1992')] },
      { postings: [post('second', '1996')] },
      ['interviewsDiffer'],
    ],
    [
      'serve in it at times that may be the same',
      { postings: [post('second', '1992~')] },
      { postings: [post('second', '1993')] },
      [],
    ],
    [
      'live far apart at the same time',
      { homes: [home('north', '1990/2000')] },
      { homes: [home('south', '1990/2000')] },
      ['interviewsDiffer'],
    ],
    ['were in no force, and in one', { forces: ['none'] }, { forces: ['army'] }, ['interviewsDiffer']],
    ['name more in the second', { forces: ['army'] }, { forces: ['other'] }, []],
    ['say it in other words', { birthDate: '1970' }, { birthDate: '1970-02' }, []],
    ['are born in two years', { birthDate: '1970' }, { birthDate: '1972' }, ['documentDiffers']],
  ];
  it.each(twice)('when two interviews %s', (_, first, second, codes) => {
    expect(codesOf(timelineFor(first, second))).toEqual(codes);
  });

  it('ask a person who may be a child nothing that rests on reference data', () => {
    const said = { homes: [home('hill', '1980/1994-05-30'), home('hill', '1996/2010')], birthDate: '1975' };
    expect(codesOf(timelineFor(said))).toEqual(['documentDiffers', 'gap', 'nearEvent']);
    expect(codesOf(timelineFor(anAccount(said, { child: 'unclear' })))).toEqual(['documentDiffers']);
  });

  it('count answers of questions that are closed as not asked', () => {
    const answers = { forces: ['army'], guardPeriod: '2005/2006' };
    expect(timelineFor(answers).entries.map(({ when }) => when)).toEqual([undefined]);
  });

  it('say what was said, what the sources say, and what would explain it', () => {
    const { questions } = timelineFor({ homes: [home('hill', '1980/2010')] });
    expect(questions).toEqual([
      {
        id: 'nearEvent:attack',
        code: 'nearEvent',
        question: 'What did you experience in or near Hill from 10 May 1994 to 12 May 1994?',
        why: expect.stringContaining('Attack on Hill (Hill, from 10 May 1994 to 12 May 1994)'),
        innocent: expect.arrayContaining([expect.stringContaining('in hiding or a victim')]),
        answers: [
          { interviewId: 'i0', questionId: 'homePlace', item: [0], said: 'Hill' },
          { interviewId: 'i0', questionId: 'homePeriod', item: [0], said: '1980/2010' },
        ],
        references: [
          expect.objectContaining({
            id: 'attack',
            type: 'event',
            sources: expect.arrayContaining([expect.anything()]),
          }),
          expect.objectContaining({ id: 'hill', type: 'place' }),
        ],
        days: { from: '1994-05-10', to: '1994-05-12' },
        mayHaveBeenChild: false,
      },
    ]);
  });

  it('put a question again as it stands, and hold nothing of the other answer before the applicant', () => {
    const { questions } = timelineFor({ forces: ['none'] }, { forces: ['army'] });
    expect(questions.map(({ question }) => question)).toEqual(['forces?']);
    expect(questions[0]!.why).toContain('“none” (an interview); “army” (an interview)');
  });

  it('put one event once, however often the presence was told', () => {
    const said = { homes: [home('hill', '1980/2010')] };
    const { questions } = timelineFor(said, said);
    expect(questions.map(({ id, answers }) => [id, answers.length])).toEqual([['nearEvent:attack', 4]]);
  });
});
