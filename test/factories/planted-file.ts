import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { authorityId } from '../../src/demo/seed.js';
import { type Answer, type Person, type TestApplication } from '../support/application.js';
import { aCaseAt, GENOCIDE } from './case-walk.js';

/** Words that stand in nothing but one case: whoever finds one of them has read of it. */
export const PLANTED = {
  familyName: 'Zqfamilia',
  givenNames: 'Zqgivena',
  alias: 'Zqalias',
  birthDate: '1961-02-27',
  third: 'Zqtertia',
  statement: 'Zqplanted',
} as const;

/** A sentence about this that is found again. */
export const planted = (about: string): string => `${PLANTED.statement} words about ${about}.`;

export interface PlantedFile {
  readonly caseId: string;
  readonly interviewId: string;
  readonly allegationId: string;
  readonly documentId: string;
  readonly recordingId: string;
  readonly thirdPersonId: string;
  readonly actorId: string;
  readonly assignmentId: string;
  /** What was asked about the actor, and waits for a second person. */
  readonly unblockingId: string;
  /** Another case of the same person, whose interview goes on and whose package somebody asked to let leave with its gaps. */
  readonly open: { readonly caseId: string; readonly interviewId: string; readonly overrideId: string };
  /** What the prosecutor asked about a person who was not referred, and what somebody proposes to answer. */
  readonly personRequestId: string;
  readonly proposalId: string;
  /** The prosecutor's last word clears the person. */
  readonly reconsiderationId: string;
  /** A third case of the same person. One recipient answered by letter, the other one came to be barred; both wait for a second person. */
  readonly letter: { readonly referralId: string; readonly letterId: string };
  readonly closing: { readonly referralId: string; readonly closingId: string };
  /** By the username of whoever works for the authority that was told. */
  readonly referrals: Readonly<
    Record<
      Recipient,
      { readonly id: string; readonly grantId: string; readonly requestId: string; readonly holdId: string }
    >
  >;
}
type Recipient = 'prosecutor' | 'war-crimes';
const RECIPIENTS: readonly Recipient[] = ['prosecutor', 'war-crimes'];

/** A case with something planted wherever a person may write: excluded, told to two authorities, read, answered and appealed. */
export async function aPlantedFile(application: TestApplication): Promise<PlantedFile> {
  const cast = await application.cast();
  const at = await aCaseAt(cast, 'approved', {
    allegations: [{ ...GENOCIDE, summary: planted('the act'), place: planted('the place') }],
    applicant: PARTICULARS,
  });
  const [officer, reviewer] = await Promise.all(['officer', 'reviewer'].map((name) => application.as(name)));
  const added = await addedTo(officer!, at.id, at.interview);
  const interview = `/api/interviews/${at.interview}`;
  await must(officer!.post(`${interview}/commands`, { type: 'ADD_COMMENT', text: planted('the record') }));
  const open = await anOpenInterview(application);
  const waiting = await aLetterAndAClosing(application);
  const where = { reason: planted('an approval') };
  const third = `/api/cases/${at.id}/third-persons/${added.thirdPersonId}/approve-whereabouts`;
  await must(reviewer!.post(third, where));
  await cast.decider.post(`/api/cases/${at.id}/commands`, {
    type: 'DECIDE_EXCLUSION',
    reasons: planted('the decision'),
    allegations: at.outcomes.map((outcome) => ({ ...outcome, reasons: planted('one allegation') })),
  });
  const referrals = await readAndAnswered(application, at.id);
  const searched = await aSearchToAnswer(application, at.id);
  const reconsiderationId = await cleared(application, at.id, referrals.prosecutor.id);
  const send = (type: string, more: object) => cast.legal.post(`/api/cases/${at.id}/commands`, { type, ...more });
  await cast.officer.post(`/api/cases/${at.id}/commands`, { type: 'SERVE_DECISION', served: planted('the service') });
  await send('APPEAL', { court: planted('a court'), grounds: planted('the grounds') });
  await send('QUASH', { court: planted('a court'), reasons: planted('the judgment'), final: true });
  const ids = { caseId: at.id, interviewId: at.interview, allegationId: at.allegations[0]!, reconsiderationId };
  return { ...ids, open, referrals, ...waiting, ...searched, ...added };
}

export const PARTICULARS = {
  familyName: PLANTED.familyName,
  givenNames: PLANTED.givenNames,
  aliases: [PLANTED.alias],
  birthDate: PLANTED.birthDate,
  sex: 'unknown',
  nationalities: ['RW'],
  residences: ['CD'],
  representative: { name: PLANTED.third, capacity: 'counsel' },
};

/** What officers add to a file beside its interviews. */
async function addedTo(officer: Person, caseId: string, interviewId: string) {
  const path = `/api/cases/${caseId}`;
  const added = async (what: string, body: object): Promise<Answer['body']> =>
    (await must(officer.post(`${path}/${what}`, body))).body;
  const document = await must(officer.ask('POST', `${path}/documents`, aFile(ABOUT)));
  const sound = await must(officer.ask('POST', `/api/interviews/${interviewId}/recordings`, aFile(ABOUT, 'audio/wav')));
  const third = await added('third-persons', aThirdPerson());
  const actor = await added('persecution-actors', { name: PLANTED.third, country: 'UG', reason: planted('an actor') });
  const assigned = await added('assignments', { username: 'reviewer', role: 'reviewer' });
  await added('undisclosed-exculpatory', { reason: planted('a refusal') });
  await added('submissions', { kind: 'evidence', text: planted('evidence'), from: 'counsel' });
  await added('disclosures', aDisclosure());
  await added('person/commands', { type: 'MARK_DETAINED', source: planted('a prison'), note: planted('detention') });
  await must(officer.put(`${path}/departure`, { expectedOn: '2999-01-01', source: planted('a flight') }));
  await must(officer.put(`${path}/applicant`, { applicant: PARTICULARS, reason: planted('a passport') }));
  await added(`persecution-actors/${actor.items[0].id}/withdrawal`, { reason: planted('a mistake') });
  const { items: askings } = (await must(officer.get(`${path}/unblockings`))).body as { items: { id: string }[] };
  return {
    unblockingId: askings[0]!.id,
    documentId: document.body.id as string,
    recordingId: sound.body.id as string,
    thirdPersonId: third.items[0].id as string,
    actorId: actor.items[0].id as string,
    assignmentId: assigned.assignments[0].id as string,
  };
}

/** An interview in which something was said, a follow-up asked and a draft left. */
async function anOpenInterview(application: TestApplication): Promise<PlantedFile['open']> {
  const officer = await application.as('officer');
  const post = async (path: string, body: object): Promise<Answer['body']> =>
    (await must(officer.post(path, body))).body;
  const { id: caseId } = await post('/api/cases', { applicant: PARTICULARS, countryOfOrigin: 'RW' });
  const { id: interviewId } = await post(`/api/cases/${caseId}/interviews`, { purpose: 'screening' });
  const path = `/api/interviews/${interviewId}`;
  await post(`${path}/commands`, NOTICE);
  await post(`${path}/commands`, { type: 'START_INTERVIEW' });
  await post(`${path}/answers`, AN_ANSWER);
  await post(`${path}/follow-ups`, A_FOLLOW_UP);
  await must(officer.put(`${path}/draft`, { ...AN_ANSWER, value: { interpreted: planted('a draft') } }));
  const proposal = { type: 'PROPOSE_SUSPICION', suspicion: true, reasons: planted('a suspicion') };
  await post(`/api/cases/${caseId}/commands`, proposal);
  const override = { kind: 'suspicion', reason: planted('a gap') };
  const { id: overrideId } = await post(`/api/cases/${caseId}/package-overrides`, override);
  return { caseId, interviewId, overrideId };
}

/** Whatever of this case is told was received. */
async function arrived(application: TestApplication, caseId: string): Promise<void> {
  const due = `SELECT FROM referral r WHERE case_id = $1 AND NOT EXISTS (SELECT FROM receipt WHERE referral_id = r.id)`;
  while ((await application.rows(due, [caseId])).length > 0) await setTimeout(50);
}

/** Both recipients open the file, acknowledge it and give feedback. */
async function readAndAnswered(application: TestApplication, caseId: string): Promise<PlantedFile['referrals']> {
  await arrived(application, caseId);
  const answered = RECIPIENTS.map(async (name) => {
    const reader = await application.as(name);
    const { body } = await must(reader.get('/api/referrals?limit=200'));
    const mine = await application.rows<{ id: string }>('SELECT id FROM referral WHERE case_id = $1', [caseId]);
    const id = (body.items as { id: string }[]).find((one) => mine.some((own) => own.id === one.id))!.id;
    const grant = await must(reader.post(`/api/referrals/${id}/grants`, A_GRANT));
    const { packageSha256 } = (await must(reader.get(`/api/referrals/${id}`))).body;
    const arrived = { type: 'ACKNOWLEDGE', packageSha256, note: planted('arrival') };
    await must(reader.post(`/api/referrals/${id}/commands`, arrived));
    await must(reader.post(`/api/referrals/${id}/commands`, FEEDBACK));
    const request = await must(reader.post(`/api/referrals/${id}/requests`, A_REQUEST));
    const hold = await must(reader.post(`/api/referrals/${id}/holds`, A_HOLD));
    const [grantId, requestId, holdId] = [grant, request, hold].map(({ body }) => body.id as string) as [
      string,
      string,
      string,
    ];
    return [name, { id, grantId, requestId, holdId }] as const;
  });
  return Object.fromEntries(await Promise.all(answered)) as PlantedFile['referrals'];
}

/** The prosecutor asks about the person, and somebody proposes to answer with this case. */
async function aSearchToAnswer(application: TestApplication, caseId: string) {
  const [prosecutor, legal] = await Promise.all(['prosecutor', 'legal'].map((name) => application.as(name)));
  const { id: personRequestId } = (await must(prosecutor!.post('/api/person-requests', aSearch()))).body as {
    id: string;
  };
  const words = { reasons: planted('a proposal'), reply: planted('a reply') };
  const path = `/api/person-requests/${personRequestId}/proposals`;
  const { body } = await must(legal!.post(path, { outcome: 'disclosed', caseId, ...words }));
  return { personRequestId, proposalId: body.proposals[0].id as string };
}

/** Returns the reconsideration that this recipient's finding opens. */
async function cleared(application: TestApplication, caseId: string, referralId: string): Promise<string> {
  const prosecutor = await application.as('prosecutor');
  const acquitted = { type: 'GIVE_FEEDBACK', feedback: 'outcome', outcome: 'acquitted', text: planted('a judgment') };
  await must(prosecutor.post(`/api/referrals/${referralId}/commands`, acquitted));
  const opened = 'SELECT id FROM reconsideration WHERE case_id = $1';
  for (;;) {
    const [row] = await application.rows<{ id: string }>(opened, [caseId]);
    if (row) return row.id;
    await setTimeout(50);
  }
}

/** Told by post to one recipient, which answered by letter, and to another one, which the file bars since. */
async function aLetterAndAClosing(application: TestApplication): Promise<Pick<PlantedFile, 'letter' | 'closing'>> {
  const [posted, barred] = [authorityId('demo-prosecution'), authorityId('demo-war-crimes-unit')];
  const reachedBy = (channel: string) =>
    application.rows('UPDATE authority SET channel = $2 WHERE id = $1', [posted, channel]);
  await reachedBy('paper');
  const { id: caseId } = await aCaseAt(await application.cast(), 'excluded', {
    allegations: [{ ...GENOCIDE, summary: planted('the act') }],
    applicant: PARTICULARS,
  });
  const toldTo = async (authority: string): Promise<string> => {
    const text = 'SELECT id FROM referral WHERE case_id = $1 AND authority_id = $2';
    return (await application.rows<{ id: string }>(text, [caseId, authority]))[0]!.id;
  };
  const letter = await aLetter(application, caseId, await toldTo(posted));
  await reachedBy('inbox');
  await arrived(application, caseId);
  const officer = await application.as('officer');
  const actor = { name: PLANTED.third, authorityId: barred, reason: planted('a recipient among the actors') };
  await must(officer.post(`/api/cases/${caseId}/persecution-actors`, actor));
  const referralId = await toldTo(barred);
  const why = { reason: planted('a closing') };
  const { body } = await must(officer.post(`/api/referrals/${referralId}/closings`, why));
  return { letter, closing: { referralId, closingId: body.closing.id as string } };
}

/** Handed over by the post, and acknowledged on paper. */
async function aLetter(application: TestApplication, caseId: string, referralId: string) {
  const [officer, decider] = await Promise.all(['officer', 'decider'].map((name) => application.as(name)));
  const signedBy = PLANTED.third;
  const scanned = async (text: string): Promise<string> => {
    const scan = aFile(ABOUT, 'text/plain', planted(text));
    return (await must(officer!.ask('POST', `/api/cases/${caseId}/documents`, scan))).body.id as string;
  };
  const handedOverAt = new Date().toISOString();
  const advice = { number: 'RR-1', handedOverAt, signedBy, documentId: await scanned('an advice of receipt') };
  await must(decider!.post(`/api/postal-referrals/${referralId}/receipt`, advice));
  const writtenOn = new Date().toLocaleDateString('en-CA', { timeZone: 'Europe/Brussels' });
  const letter = { writtenOn, signedBy, senderReference: planted('a sender'), documentId: await scanned('an answer') };
  const says = { type: 'ACKNOWLEDGE', note: planted('an arrival by post') };
  const { body } = await must(officer!.post(`/api/referrals/${referralId}/letters`, { ...says, letter }));
  return { referralId, letterId: body.items[0].id as string };
}

export const ABOUT = { source: planted('a source'), custody: planted('custody'), name: `${PLANTED.third}.txt` };
export const AN_ANSWER = { questionId: 'accountLife', value: { interpreted: planted('a life') } };
export const A_FOLLOW_UP = {
  questionId: 'accountLife',
  asked: planted('a question'),
  answer: { original: planted('an answer') },
};
export const A_GRANT = { purpose: 'investigation', legalBasis: planted('a code'), statement: planted('a purpose') };
export const A_HOLD = { kind: 'preserve', legalBasis: 'an invented code', reasons: planted('a wish that it be kept') };
export const A_REQUEST = {
  kind: 'explanation',
  questionIds: ['violencePosition'],
  text: planted('more'),
  legalBasis: planted('a code'),
};
export const aSearch = () => ({
  ...{
    purpose: 'investigation',
    legalBasis: planted('a code'),
    scope: planted('a scope'),
    reasons: planted('a search'),
  },
  particulars: { familyName: PLANTED.familyName, givenNames: PLANTED.givenNames },
});
export const FEEDBACK = { type: 'GIVE_FEEDBACK', feedback: 'opened', text: planted('an investigation') };
export const aThirdPerson = () => ({
  ...{ category: 'witness', relation: 'sibling', name: PLANTED.third },
  ...{ about: planted('a sister'), whereabouts: planted('a street'), countries: [] },
});
export const aDisclosure = () => ({
  sourceKind: 'countryInformation',
  sourceRef: planted('an invented report'),
  substance: planted('the substance'),
  how: planted('how it was put'),
});
export const NOTICE = {
  type: 'GIVE_NOTICE',
  language: 'rw',
  acknowledged: true,
  recordingAnnounced: true,
  transmissionTold: true,
  interpreter: { reference: 'INT-000', confirmed: true },
};

/** A file with words about it, as a form sends both. */
export function aFile(about: object, type = 'text/plain', content = planted('a letter')) {
  const boundary = `form-${randomUUID()}`;
  const part = (name: string, more: string, content: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${content}\r\n`;
  const file = part('file', `; filename="letter"\r\nContent-Type: ${type}`, content);
  return {
    body: `${part('about', '', JSON.stringify(about))}${file}--${boundary}--\r\n`,
    headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
  };
}

async function must(asked: Promise<Answer>): Promise<Answer> {
  const answer = await asked;
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`);
  return answer;
}
