import { anything, bool, count, day, instant, list, nullable, object, oneOf, sha256, text, uuid } from './terms.js';

const item = text('Inside repeats: numbers of the items, outermost first, joined by dots; empty outside them.');
const questionId = text('Id of the question in its questionnaire.');
const question = nullable(text('The question as it was asked, in English.'));

export const words = nullable(
  object('The words of an answer, where words were kept.', {
    original: nullable(text('As spoken.')),
    originalLanguage: nullable(text('Language as spoken (BCP 47).')),
    interpreted: nullable(text('As interpreted during the interview.')),
    interpreterUnsure: bool('The interpreter was not sure of the meaning.'),
  }),
);

const translations = list(
  'Translations made after the interview.',
  object('One translation.', {
    language: text('Language it was translated into (BCP 47).'),
    text: text('The translation.'),
    translator: text('Number of the translator in the register, never a name.'),
    addedAt: instant('When it was added.'),
  }),
);

const answer = object('One revision of an answer; a later one of the same question is its correction.', {
  id: uuid('Of this revision.'),
  questionId,
  item,
  question,
  revision: count('From 1 on, per question and item.'),
  correctionOf: nullable(uuid('The revision that it replaced.')),
  inForce: bool('The last revision: what the record says.'),
  concurrent: bool('It was given on an older revision than the one in force; both were kept.'),
  recordedAt: instant('When it was written down.'),
  status: nullable(oneOf('Why there is no answer.', ['unknown', 'refused', 'notAsked'])),
  value: anything('The answer as recorded; its shape depends on the type of the question. Null for a status.'),
  inWords: text('The answer as one would quote it; codes by their labels.'),
  labels: list(
    'What the codes in the value stand for.',
    object('A code.', { code: text('As in the value.'), text: text('Its label, in English.') }),
  ),
  words,
  translations,
});

const stored = {
  id: uuid('Id of the file here.'),
  name: nullable(text('File name.')),
  source: nullable(text('Where it comes from.')),
  custody: nullable(text('In whose hands it was, and how it came here.')),
  sha256: sha256('Of the content as it was received.'),
  bytes: count('Size of the content.'),
  mediaType: text('Media type (RFC 6838).'),
  addedAt: instant('When it was added to the file.'),
};

const noticeOfPurpose = object('The notice given before the first question.', {
  id: uuid('Of the notice.'),
  givenAt: instant('When it was given.'),
  version: nullable(count('Version of its text.')),
  language: nullable(text('Language in which it was given or interpreted.')),
  acknowledged: nullable(bool('The applicant acknowledged it.')),
  refusalReason: nullable(text('Why not, where not.')),
  transmissionTold: nullable(bool('That facts may be transmitted, to whom and why, was told.')),
  text: nullable({ type: 'object', description: 'The text that was given, paragraph by paragraph.' }),
});

const interview = object('One sitting with its record.', {
  id: uuid('Of the interview.'),
  purpose: nullable(
    oneOf('What it was held for; not told with an own account.', ['screening', 'exclusion', 'witness']),
  ),
  record: oneOf('Sealed: read back and closed. Open: not closed yet. Abandoned: broken off, never read back.', [
    'sealed',
    'open',
    'abandoned',
  ]),
  openedAt: instant('When it was opened.'),
  startedAt: nullable(instant('When questioning began.')),
  sealedAt: nullable(instant('When the record was closed.')),
  readBack: nullable(
    object(
      'How the applicant took the record when it was read back.',
      {
        outcome: oneOf('Confirmed, or refused with reasons.', ['confirmed', 'refused']),
        reasons: text('Why it was refused.'),
      },
      ['reasons'],
    ),
  ),
  proof: nullable(
    object(
      'Hash over every revision and follow-up at the moment of sealing.',
      {
        sha256: sha256('Of the canonical JSON of the record.'),
        revisions: count('Revisions it covers.'),
        followUps: count('Follow-up questions it covers.'),
      },
      ['followUps'],
    ),
  ),
  questionnaireReason: nullable(text('Why another questionnaire than the usual one was used.')),
  abandonedBecause: nullable(text('Why it was broken off.')),
  cautions: list(
    'Interruptions at which the applicant was cautioned.',
    object('One caution.', { reason: text('Why.'), at: instant('When.') }),
  ),
  recordingAnnounced: nullable(bool('The applicant was told beforehand that sound is recorded.')),
  representativePresent: nullable(bool('A representative was present.')),
  counselPresent: nullable(bool('Counsel was present; null where it was not noted.')),
  interpreter: nullable(
    object('The interpreter, never by name.', {
      number: nullable(text('Number in our register.')),
      understood: nullable(bool('Applicant and interpreter said that they understand each other.')),
      trace: text('How the interpreter can be found.'),
    }),
  ),
  questionnaires: list(
    'Published questionnaires it was held by.',
    object('One questionnaire.', {
      code: text('Its code.'),
      version: count('Its version.'),
      hash: sha256('Of its canonical JSON, with modules and reference data.'),
    }),
  ),
  notices: list('Notices of purpose.', noticeOfPurpose),
  answers: list('Every revision of every answer, in the order of time.', answer),
  followUps: list(
    'What the officer asked beyond the questionnaire.',
    object('One question of the officer’s own.', {
      id: uuid('Of the follow-up.'),
      questionId: text('The question it follows up.'),
      item,
      question,
      asked: nullable(text('The words in which it was asked.')),
      at: nullable(instant('When it was asked.')),
      status: nullable(oneOf('Why there is no answer.', ['unknown', 'refused'])),
      words,
      translations,
    }),
  ),
  comments: list('Comments on this record.', uuid('Id of a submission among the facts.')),
  recordings: list(
    'Sound or picture of the sitting; in doubt it prevails over the record.',
    object('One recording.', {
      ...stored,
      marks: list(
        'Where in it answers are given.',
        object('A mark.', { questionId, item, atMs: count('Milliseconds from the start.') }),
      ),
    }),
  ),
});

const days = object('A span of days.', { from: day('First day.'), to: day('Last day.') });
const mention = object(
  'Something named.',
  { ref: text('Entry of the reference data.'), said: text('As it was said.') },
  ['ref'],
);

export const cited = object(
  'An answer something rests on.',
  {
    interviewId: text('The interview; empty for the particulars of the case.'),
    questionId: text('The question; empty for the particulars of the case.'),
    item: list('Items of the repeats it stands in, outermost first.', count('Number from 0.')),
    said: text('The answer in words.'),
  },
  ['item'],
);

const entry = object(
  'A stretch or moment of the life told.',
  {
    id: text('Stable: interview, kind, item.'),
    interviewId: uuid('Where it was told.'),
    kind: oneOf('Of what kind.', ['residence', 'service', 'detention', 'incident']),
    basis: oneOf('Whether the applicant says so, or a paper.', ['statement', 'document']),
    possible: nullable(object('The days it may cover.', { from: day('First day.'), to: day('Last day.') })),
    certain: nullable(object('The days it certainly covers.', { from: day('First day.'), to: day('Last day.') })),
    place: mention,
    unit: mention,
    organisations: list('More than one: any of them.', mention),
    rank: mention,
    event: mention,
    superior: text('Superior named.'),
    age: { type: 'number', description: 'Age the applicant gives for then.' },
    act: bool('An act of the applicant’s own was told.'),
    child: oneOf('Whether the applicant was a child then; unclear: read as a child.', ['yes', 'no', 'unclear']),
    answers: list('The answers it rests on.', cited),
  },
  ['place', 'unit', 'rank', 'event', 'superior', 'age'],
);

export const openQuestion = object(
  'A question the account leaves open. No finding.',
  {
    id: text('Stable: the check and what it is about.'),
    code: text('The check.'),
    question: text('To be put to the applicant.'),
    why: text('What was said and what the sources say.'),
    innocent: list('What would explain it innocently.', text('An explanation.')),
    answers: list('The answers it rests on.', cited),
    references: list(
      'The reference entries it rests on.',
      object('One entry.', {
        id: text('Its id.'),
        type: text('Its type.'),
        name: text('Its name.'),
        sources: list(
          'Where it is from.',
          object(
            'One source.',
            {
              source: text('Title.'),
              url: text('Address.'),
              stateAligned: bool('Close to a state or party: it does not count.'),
            },
            ['url'],
          ),
        ),
      }),
    ),
    days,
    mayHaveBeenChild: bool('The applicant was or may have been a child then.'),
  },
  ['days'],
);

const source = oneOf('Kind of source.', ['interview', 'document', 'countryInformation']);

export const facts = object('What was said, shown, served and submitted; nothing of what anybody made of it.', {
  interviews: list('Interviews with their records.', interview),
  timeline: object('The account in the order of time.', {
    note: text('How to read it.'),
    entries: list('In the order of time; what has no time at the end.', entry),
  }),
  documents: list('Documents of the file.', object('One document.', stored)),
  notices: list(
    'Notices of intention and of the decision.',
    object('One notice.', {
      id: uuid('Of the notice.'),
      kind: oneOf('Of what.', ['intention', 'decision']),
      servedAt: instant('When it was served.'),
      replyDueAt: nullable(instant('Until when a reply was expected.')),
      language: nullable(text('Language in which it was served or interpreted.')),
      text: nullable(text('As served.')),
      served: nullable(text('How and on whom.')),
    }),
  ),
  disclosures: list(
    'What was disclosed to the applicant.',
    object('One disclosure.', {
      id: uuid('Of the disclosure.'),
      sourceKind: source,
      sourceRef: text('By which the analysis cites it.'),
      disclosedAt: instant('When.'),
      substance: nullable(text('As it was put to the applicant.')),
      how: nullable(text('How.')),
    }),
  ),
  submissions: list(
    'What the applicant’s side replied, commented and handed in.',
    object('One submission.', {
      id: uuid('Of the submission.'),
      kind: oneOf('Of what kind.', ['replyToIntention', 'commentOnRecord', 'evidence', 'rectification', 'other']),
      receivedAt: instant('When.'),
      from: nullable(text('Applicant, counsel or representative.')),
      text: nullable(text('In full or in substance.')),
      interviewId: nullable(uuid('The record it comments on.')),
    }),
  ),
});

export { source };
