import { describe, expect, it } from '@jest/globals';
import { smallPack } from '../../../test/factories/small-pack.js';
import { compile } from './compile.js';
import { raisedIndicators } from './raised.js';
import { answer, answersOf, record, remove, start, withContext, type AnswerInput, type Session } from './session.js';
import { view, type QuestionView, type RepeatView } from './view.js';

const result = compile(smallPack());
if (!result.ok) throw new Error(JSON.stringify(result.problems));
const { plan } = result;
const adult = { child: 'no', language: 'en' } as const;

const play = (answers: AnswerInput[], context: Parameters<typeof start>[1] = adult): Session =>
  answers.reduce(
    (session, input) => {
      const taken = answer(session, input);
      if (!taken.ok) throw new Error(`${input.questionId}: ${taken.message}`);
      return taken.session;
    },
    start(plan, context),
  );

const find = (session: Session, id: string): QuestionView => {
  const all = (items: (QuestionView | RepeatView)[]): QuestionView[] =>
    items.flatMap((one) => (one.kind === 'question' ? [one] : one.items.flatMap(({ questions }) => all(questions))));
  return view(session)
    .sections.flatMap(({ items }) => all(items))
    .find((one) => one.id === id)!;
};
const repeatIn = (session: Session): RepeatView =>
  view(session).sections.find(({ id }) => id === 'service.postings')!.items[0] as RepeatView;

const atCheckpoint: AnswerInput[] = [
  { questionId: 'served', value: true },
  { questionId: 'service.unit', item: 0, value: { ref: 'guard1' } },
  { questionId: 'service.when', item: 0, value: '1994-05' },
  { questionId: 'service.duty', item: 0, value: 'checkpoint' },
];

describe('answering', () => {
  it('opens what the answer opens and closes it again', () => {
    const inWar = answer(start(plan, adult), { questionId: 'leftOn', value: '2001' });
    expect(inWar).toMatchObject({ ok: true, opened: [], closed: [{ questionId: 'journeyDays' }] });
    if (inWar.ok)
      expect(answer(inWar.session, { questionId: 'leftOn', value: '1994-05-02' })).toMatchObject({
        opened: [{ questionId: 'journeyDays' }],
        closed: [],
      });
  });

  it('opens a follow-up in the item it belongs to', () => {
    const session = play(atCheckpoint.slice(0, 3));
    expect(answer(session, { questionId: 'service.duty', item: [0], value: 'checkpoint' })).toMatchObject({
      opened: [{ questionId: 'service.checkpointOrders', item: [0] }],
      raised: ['service.checkpointInWar'],
    });
  });

  it.each<[string, AnswerInput, string, string, string]>([
    [
      'a question that is not there',
      { questionId: 'servd', value: true },
      'unknownQuestion',
      '/questionId',
      'Did you mean "served"?',
    ],
    [
      'a question that is closed',
      { questionId: 'service.unit', item: 0, value: { said: 'x' } },
      'notOpen',
      '/questionId',
      'is not open now',
    ],
    [
      'an item where there is none',
      { questionId: 'served', item: 0, value: true },
      'badItem',
      '/item',
      'leave "item" out',
    ],
    [
      'no item where one belongs',
      { questionId: 'service.unit', value: { said: 'x' } },
      'badItem',
      '/item',
      'asked per item of "service.posting"',
    ],
    [
      'an item beyond the last',
      { questionId: 'service.unit', item: 20, value: { said: 'x' } },
      'badItem',
      '/item',
      'from 0 to 19',
    ],
    [
      'a broken item',
      { questionId: 'service.unit', item: 0.5, value: { said: 'x' } },
      'badItem',
      '/item',
      'from 0 to 19',
    ],
    ['neither value nor status', { questionId: 'served' }, 'badValue', '', 'either a "value" or a "status"'],
    [
      'both value and status',
      { questionId: 'served', value: true, status: 'unknown' },
      'badValue',
      '',
      'either a "value" or a "status"',
    ],
    [
      'an unknown status',
      { questionId: 'served', status: 'maybe' },
      'badValue',
      '/status',
      'unknown, refused, notAsked',
    ],
    ['a wrong value', { questionId: 'served', value: 'yes' }, 'badValue', '/value', 'send true or false'],
  ])('refuses %s', (_, input, code, pointer, message) => {
    const session = play([{ questionId: 'served', value: false }]);
    expect(answer(session, input)).toEqual({ ok: false, code, pointer, message: expect.stringContaining(message) });
  });

  it('keeps the answer of a question that closes, and counts it as not asked', () => {
    const closed = play([...atCheckpoint, { questionId: 'served', value: false }]);
    expect(raisedIndicators(closed)).toEqual([]);
    expect(find(closed, 'service.duty')).toMatchObject({ open: false, answer: { value: 'checkpoint' } });
    expect(
      raisedIndicators(
        play([...atCheckpoint, { questionId: 'served', value: false }, { questionId: 'served', value: true }]),
      ),
    ).toHaveLength(1);
  });

  it('takes up an interview from its recorded answers', () => {
    const session = play(atCheckpoint);
    expect(view(start(plan, adult, answersOf(session)))).toEqual(view(session));
  });

  it('refuses to take up an interview with an answer its plan cannot hold', () => {
    expect(() => start(plan, adult, [{ questionId: 'served', value: 'yes' }])).toThrow('does not fit its plan');
  });

  it('forgets an item with the last thing recorded in it', () => {
    const one = record(play([{ questionId: 'served', value: true }]), {
      questionId: 'service.unit',
      item: 0,
      status: 'unknown',
    });
    if (!one.ok) throw new Error(one.message);
    expect(repeatIn(one.session).items).toHaveLength(1);
    const none = remove(one.session, { questionId: 'service.unit', item: 0 });
    expect(none.ok && repeatIn(none.session).items).toEqual([]);
  });
});

describe('indicators', () => {
  it('say what they rest on, what would explain it innocently and what to ask next', () => {
    expect(view(play(atCheckpoint)).indicators).toEqual([
      {
        id: 'service.checkpointInWar',
        certainty: 'yes',
        severity: 'medium',
        ground: '1F(a)',
        reason: 'Served with 1st Guard Battalion in 1994-05, when the war was on.',
        because: [
          {
            outcome: 'yes',
            sentence:
              'for at least one item of “Postings”, “What did you do there?” is “Combat” or part of it and “When was that?” falls at least partly in 1994-04-06/1994-07-18',
          },
        ],
        innocent: ['Guards at some checkpoints only directed traffic.'],
        next: ['service.checkpointOrders'],
      },
    ]);
  });

  it('rise from an answer that leaves it open when their author wants that, and then say so', () => {
    const vague = play([...atCheckpoint, { questionId: 'service.when', item: 0, value: '1994' }]);
    expect(raisedIndicators(vague)).toEqual([{ id: 'service.checkpointInWar', certainty: 'unclear' }]);
  });

  it.each(['unknown', 'refused', 'notAsked'])('never rise from silence: %s', (status) => {
    expect(raisedIndicators(play([...atCheckpoint, { questionId: 'service.when', item: 0, status }]))).toEqual([]);
    expect(raisedIndicators(play([...atCheckpoint, { questionId: 'service.duty', item: 0, status }]))).toEqual([]);
  });

  it('use the stated words where nothing was answered', () => {
    expect(
      view(play(atCheckpoint.filter(({ questionId }) => questionId !== 'service.unit'))).indicators[0]!.reason,
    ).toContain('with a unit not named in');
  });
});

describe('what is shown', () => {
  it('says why a question is open', () => {
    const session = play(atCheckpoint);
    expect(find(session, 'leftOn').why.sentence).toBe('Asked in every interview.');
    expect(find(session, 'service.unit').why.sentence).toBe(
      'Asked because “Have you ever served in an armed force?” is yes.',
    );
    expect(find(session, 'service.checkpointOrders').why.sentence).toBe(
      'Asked because “What did you do there?” is “Checkpoint”.',
    );
    expect(find(session, 'journeyDays').why).toEqual({
      sentence:
        'Asked because it is unclear whether “When did you leave?” falls at least partly in 1994-04-06/1994-07-18.',
      clauses: [{ outcome: 'unclear', sentence: expect.any(String) }],
    });
  });

  it('says why a question is closed', () => {
    const session = play([...atCheckpoint, { questionId: 'leftOn', value: '2001' }]);
    expect(find(session, 'journeyDays').why.sentence).toBe(
      'Not asked because it does not hold that “When did you leave?” falls at least partly in 1994-04-06/1994-07-18.',
    );
  });

  it.each(['yes', 'unclear'] as const)('does not ask a child (%s) what a child must not be asked', (child) => {
    const session = play(atCheckpoint, { child, language: 'en' });
    expect(find(session, 'service.checkpointOrders')).toMatchObject({
      open: false,
      why: { sentence: 'Not asked because the applicant is not certainly adult.' },
    });
    expect(find(withContext(session, adult), 'service.checkpointOrders').open).toBe(true);
  });

  it('pipes earlier answers into questions, or the stated words', () => {
    expect(find(play([]), 'journeyDays').text).toBe('How many days did the journey from there take?');
    expect(find(play([{ questionId: 'leftFrom', value: { ref: 'strelsau' } }]), 'journeyDays').text).toContain(
      'from Strelsau take',
    );
    expect(find(play([{ questionId: 'leftFrom', value: { said: '{served|x} <b>' } }]), 'journeyDays').text).toContain(
      'from {served|x} <b> take',
    );
  });

  it('shows the next item of a repeat as it would be asked, and what is missing', () => {
    const shown = view(play([{ questionId: 'served', value: true }]));
    const postings = repeatIn(play([{ questionId: 'served', value: true }]));
    expect(postings.items).toEqual([]);
    expect(postings.next).toMatchObject({ index: 0, title: 'Posting' });
    expect(postings.next!.questions.filter((one) => one.open).map(({ id }) => id)).toEqual([
      'service.unit',
      'service.rank',
      'service.when',
      'service.duty',
    ]);
    expect(shown.missing).toEqual([{ questionId: 'leftOn' }]);
    expect(shown).toMatchObject({ open: 6, answered: 1 });
  });

  it('speaks the language of the interview where it is translated', () => {
    expect(view(start(plan, { child: 'no', language: 'fr' })).sections[0]!.title).toBe('Own account');
  });
});
