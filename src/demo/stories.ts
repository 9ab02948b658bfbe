import { CaseWalk, type Cast } from './case-walk.js';
import { briefly, narrator, type Narrator } from './narrator.js';
import { BYSTANDER, OFFICIAL, person } from './people.js';
import { clearedByProsecutor, ownAccount } from './recipients.js';

/** Two allegations on different grounds, of which one stands: exclusion, told to two authorities. */
async function exclusion(cast: Cast, givenNames: string, tell: Narrator = briefly): Promise<CaseWalk> {
  const walk = await CaseWalk.register(cast, person('Exemplaris', givenNames), tell);
  await walk.screening(OFFICIAL.screening);
  const interview = await walk.examine(OFFICIAL.exclusion);
  const first = await walk.allege(interview, {
    ground: '1F(a)',
    crime: 'genocide',
    summary: 'Called an attack on people who had taken refuge in a church, and took part in it.',
    when: '1994-04-13',
    place: 'Kabarondo',
    stands: true,
  });
  const second = await walk.allege(interview, {
    ground: '1F(b)',
    crime: 'seriousNonPoliticalCrime',
    summary: 'Is said to have robbed a shop before coming here.',
    when: '1996',
    place: 'a camp in exile',
    stands: false,
    unclear: ['act'],
  });
  await walk.hear();
  await walk.review();
  await walk.send(cast.decider, 'DECIDE_EXCLUSION', {
    reasons: 'There are serious reasons for considering that the first act was committed; not so for the second.',
    allegations: [
      {
        allegationId: first,
        stands: true,
        reasons: 'Told by the applicant and consistent with the record of the event.',
      },
      { allegationId: second, stands: false, reasons: 'Rests on hearsay.' },
    ],
  });
  await walk.receipts();
  await walk.acknowledge();
  return walk;
}

async function notExcluded(cast: Cast): Promise<void> {
  narrator.title('Not excluded: a bystander, whose own account is told by agreement');
  const walk = await CaseWalk.register(cast, person('Exemplaris', 'Secunda'));
  await walk.screening(BYSTANDER.screening);
  const interview = await walk.examine(BYSTANDER.exclusion);
  await walk.suspicion(false, 'Passing a barrier is not manning it; nothing else was told.');
  await walk.send(cast.analyst, 'SUBMIT_FOR_REVIEW');
  await walk.send(cast.reviewer, 'APPROVE_REVIEW', { reasons: 'No allegation can be made out.' });
  await walk.send(cast.decider, 'DECIDE_NOT_EXCLUDED', { reasons: 'No act is alleged.', allegations: [] });
  await ownAccount(walk, interview);
}

async function refusedWithSuspicion(cast: Cast): Promise<void> {
  narrator.title('Refused on other grounds, with a suspicion referral');
  const walk = await CaseWalk.register(cast, person('Exemplaris', 'Tertius'), briefly);
  await walk.screening(OFFICIAL.screening);
  await walk.examine(OFFICIAL.exclusion);
  await walk.suspicion(
    true,
    'The applicant tells of own acts in an attack; the claim is refused before a decision under Article 1F.',
  );
  await walk.send(cast.decider, 'REFUSE_CLAIM', { reasons: 'No well-founded fear; refused on inclusion.' });
  await walk.receipts();
  await walk.acknowledge();
}

async function quashed(cast: Cast): Promise<void> {
  narrator.title('Quashed on appeal, with its correction');
  const walk = await exclusion(cast, 'Quarta');
  await walk.send(cast.officer, 'SERVE_DECISION', { served: 'On counsel, by registered post.' });
  await walk.send(cast.legal, 'APPEAL', { court: 'Demo Administrative Court' });
  await walk.send(cast.legal, 'QUASH', {
    court: 'Demo Administrative Court',
    reasons: 'Contribution was not shown.',
    final: true,
  });
  await walk.receipts();
  await walk.acknowledge();
  await walk.afterCorrection('The court heard the same facts; what it leaves is not enough for suspicion.');
  await walk.receipts();
  await walk.acknowledge();
}

async function mistakenIdentity(cast: Cast): Promise<void> {
  narrator.title('Mistaken identity: what a prosecutor asks, and what a word back from there starts');
  await clearedByProsecutor(await exclusion(cast, 'Quintus'));
}

export async function playStories(cast: Cast): Promise<void> {
  narrator.title('Excluded: two allegations, one stands');
  await exclusion(cast, 'Primus', narrator);
  await notExcluded(cast);
  await refusedWithSuspicion(cast);
  await quashed(cast);
  await mistakenIdentity(cast);
}
