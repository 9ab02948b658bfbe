import { allegations, assessments, exculpatory, findings } from './assessments.js';
import { facts } from './facts.js';
import {
  bool,
  count,
  country,
  instant,
  list,
  nullable,
  object,
  oneOf,
  type Schema,
  sha256,
  text,
  uuid,
} from './terms.js';

const person = {
  id: uuid('Of the person.'),
};

const identity = object('Who the applicant is, as far as known.', {
  familyName: nullable(text('Family name.')),
  givenNames: nullable(text('Given names.')),
  aliases: list('Other names, noms de guerre, other spellings.', text('A name.')),
  birthDate: nullable(text('Date of birth (EDTF).')),
  sex: nullable(oneOf('Sex as registered.', ['female', 'male', 'other', 'unknown'])),
  nationalities: list('Nationalities.', country('ISO 3166-1 alpha-2, or stateless.')),
  residences: list('Countries of former habitual residence.', country('ISO 3166-1 alpha-2, or stateless.')),
  representative: nullable(
    object('Guardian, counsel or representative.', {
      name: text('Name.'),
      capacity: oneOf('In which capacity.', ['guardian', 'counsel', 'representative']),
    }),
  ),
  standing: nullable(text('How far the identity is established.')),
});

const applicant = object('The applicant.', {
  ...person,
  isApplicant: { const: true, description: 'Whose file this is.' },
  identity,
  whereabouts: nullable(text('Whether present, as last recorded.')),
  history: list(
    'What was recorded of whereabouts and identity, oldest first.',
    object('One record.', {
      what: text('What was recorded.'),
      at: instant('When it was recorded.'),
      source: nullable(text('What it rests on.')),
      since: nullable(text('Since when (EDTF).')),
      note: nullable(text('In words.')),
    }),
  ),
});

const thirdPerson = object('Somebody else named in the file.', {
  ...person,
  isApplicant: { const: false, description: 'Somebody else than whose file this is.' },
  name: text('As named.'),
  about: nullable(text('What is said of the person.')),
  relationToApplicant: oneOf('Relation to the applicant.', [
    'none',
    'spouse',
    'formerSpouse',
    'partner',
    'parent',
    'child',
    'sibling',
    'otherRelative',
  ]),
  mayRefuseTestimony: bool('A relative, who may have the right to refuse testimony.'),
  recordedAt: instant('When the person was recorded.'),
  whereabouts: nullable(text('Where the person is; only after a second person approved it.')),
  whereaboutsNote: nullable(text('Says so when whereabouts are withheld.')),
});

const anyone: Schema = { description: 'The applicant or somebody else.', oneOf: [applicant, thirdPerson] };

const head = (kinds: readonly string[]) => ({
  format: { const: 'f1-referral/2', description: 'Format and version of this package.' },
  kind: oneOf('Why it is sent.', kinds),
  referralId: uuid('Of the referral; the same on every attempt.'),
  caseReference: text('Our reference of the case.'),
  createdAt: instant('When it was made: the moment of the decision.'),
  recipient: object('To whom it is addressed.', { code: text('Code of the authority.'), name: text('Its name.') }),
  legalBasis: text('The law by which the recipient is told.'),
});

const handling = {
  text: text('What may be done with it, and what never.'),
  onwardTransfer: { const: 'withOurLeaveOnly', description: 'Nobody else may have it without our written leave.' },
};
const neverTo = list('Countries nothing may reach.', country('ISO 3166-1 alpha-2.'));

const manifest: Schema = object(
  'Hashes of the parts, so that each can be checked by itself, and how much of them is withheld.',
  {
    algorithm: text('How the hashes are made.'),
    parts: {
      type: 'object',
      description: 'SHA-256 in hex by name of the part.',
      additionalProperties: sha256('Of that part.'),
    },
    withheld: list(
      'Passages that tell where somebody is, replaced by a mark in every text until a second person approves them. Ask us for them.',
      object('Of one person.', {
        thirdPersonId: uuid('Whose whereabouts they tell.'),
        passages: count('How many there are.'),
      }),
    ),
  },
  ['withheld'],
);

const referral = object('What is told of one case to one authority.', {
  ...head(['exclusion', 'suspicion', 'account']),
  handling: object('Limits of handling.', { ...handling, neverTo }),
  sender: object('The authority that decided, and whom of it to ask.', {
    country: country('Whose authority it is.'),
    officer: nullable(text('The deciding officer, as contact.')),
    unit: nullable(text('The officer’s unit.')),
  }),
  decision: object('The decision, suspicion decision or agreement that obliges to tell.', {
    id: uuid('Of the decision.'),
    at: instant('When it was made.'),
    reasons: text('Why.'),
    findings,
    notice: text('What the decision is not.'),
  }),
  status: object('How the claim and earlier decisions stood.', {
    procedureType: text('Kind of procedure.'),
    claim: nullable(text('How the claim for protection stands.')),
    countryOfOrigin: country('ISO 3166-1 alpha-2, or stateless.'),
    references: object('Other references of the file.', {
      external: nullable(text('In the asylum system.')),
      earlierSystems: list('In older systems.', text('A reference.')),
    }),
    earlierDecisions: list(
      'Decisions under Article 1F made before this one.',
      object('One decision.', {
        id: uuid('Of the decision.'),
        outcome: oneOf('Its outcome.', ['excluded', 'notExcluded']),
        decidedAt: instant('When.'),
        quashedAt: nullable(instant('When it was set aside.')),
      }),
    ),
    appeals: list(
      'Appeals against them.',
      object('One appeal.', {
        decisionId: uuid('Against which.'),
        lodgedAt: instant('When.'),
        outcome: nullable(text('How it ended.')),
        final: nullable(bool('The judgment cannot be appealed further.')),
        decidedAt: nullable(instant('When it ended.')),
      }),
    ),
  }),
  persons: object('Everybody the file is about, categories apart.', {
    underSuspicion: list('Persons under suspicion.', anyone),
    convicted: list('Persons convicted.', thirdPerson),
    victims: list('Victims.', anyone),
    witnesses: list('Witnesses.', anyone),
    others: list('Others.', thirdPerson),
    note: text('How to read the categories.'),
  }),
  allegations,
  facts,
  assessments,
  exculpatory,
  completeness: object('What is missing, and who let the package go all the same.', {
    noted: list('Known to be missing; hindered nothing.', text('In words.')),
    override: nullable(
      object('Something required is missing: asked by one person, approved by another.', {
        missing: list('What is missing.', text('In words.')),
        reason: text('Why it was asked.'),
        askedBy: text('Who asked.'),
        askedAt: instant('When.'),
        approvedBy: text('Who approved.'),
        approvedAt: instant('When.'),
        approval: text('Why it was approved.'),
      }),
    ),
  }),
  manifest,
});

/** A correction says more as the law asks for more: its own part is described and left open. */
const correction: Schema = {
  ...object('That earlier referrals must no longer be relied on as they were.', {
    ...head(['correction']),
    handling: object('Limits of handling.', handling),
    correction: {
      type: 'object',
      description: 'What is corrected and why.',
      properties: {
        id: uuid('Of the correction.'),
        reason: text('Its cause.'),
        explanation: nullable(text('What the judgment or decision says.')),
        accessSuspended: bool('The files are closed until further notice.'),
        answer: text('What the recipient must answer.'),
      },
      required: ['id', 'reason', 'answer'],
    },
    corrects: list('The referrals it is about.', {
      type: 'object',
      description: 'One referral.',
      properties: {
        referralId: uuid('Of the referral.'),
        kind: text('Its kind.'),
        bodySha256: sha256('Of the package as it was sent.'),
      },
      required: ['referralId', 'kind', 'bodySha256'],
    }),
    manifest,
  }),
  additionalProperties: true,
};

/** What every package conforms to; served to recipients and held against each package before it leaves. */
export const packageSchema: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:article-1f:referral:2',
  title: 'Referral package f1-referral/2',
  description:
    'What an asylum authority tells a prosecuting authority of one case under Article 1F of the 1951 Refugee Convention. Canonical ' +
    'JSON (RFC 8785). Facts and assessments are parts of their own, and so is what speaks for the person.',
  type: 'object',
  required: ['kind'],
  if: { properties: { kind: { const: 'correction' } } },
  then: correction,
  else: referral,
};
