import { openQuestion, source } from './facts.js';
import { bool, count, instant, list, nullable, object, oneOf, text, uuid } from './terms.js';

const ground = oneOf('Ground of exclusion.', ['1F(a)', '1F(b)', '1F(c)', 'seriousCrimeSP']);
const scope = oneOf('The status it bars.', ['refugeeStatus', 'subsidiaryProtection']);
const finding = oneOf('What was found on the element.', ['met', 'notMet', 'unclear']);

export const findings = list(
  'Per allegation, as far as the recipient’s legal basis covers it.',
  object('One allegation.', {
    allegationId: uuid('The allegation.'),
    ground,
    scope,
    stands: bool('Whether it stands.'),
    reasons: nullable(text('Why.')),
  }),
);

const evidence = {
  sourceKind: source,
  sourceRef: text('Interview id, # and question id; document id; or a citation.'),
};

export const allegations = list(
  'Alleged acts, each with its element matrix.',
  object('One alleged act.', {
    id: uuid('Of the allegation.'),
    ground,
    crime: text('Code of the crime.'),
    crimeInWords: text('The crime.'),
    scope,
    templateVersion: count('Version of the element template it was assessed by.'),
    minorAtAct: bool('The applicant was, or may have been, below 18 at the act.'),
    act: nullable({
      type: 'object',
      description: 'The act alleged.',
      properties: {
        summary: text('What is alleged to have been done.'),
        when: text('When (EDTF).'),
        place: text('Where.'),
      },
    }),
    elements: list(
      'Legal elements with what was found.',
      object('One element.', {
        element: text('Code of the element.'),
        label: text('The element.'),
        question: nullable(text('What had to be found; met answers it with yes.')),
        legalSource: nullable(text('Where the law says so.')),
        role: nullable(
          oneOf('Constitutive: needed. Excluding: met, it takes responsibility away.', ['constitutive', 'excluding']),
        ),
        finding,
        reasons: nullable(text('Why.')),
        evidence: list('What it rests on, as far as it speaks against the person.', object('One source.', evidence)),
      }),
    ),
  }),
);

export const assessments = object('What officers and rules made of the facts.', {
  remarks: list(
    'Officers’ remarks on answers.',
    object('One remark.', {
      interviewId: uuid('The interview.'),
      answerId: uuid('The revision remarked on.'),
      questionId: text('Its question.'),
      note: text('The remark.'),
    }),
  ),
  indicators: list(
    'Rules that fired. They are about facts, never about a person.',
    object('One indicator.', {
      interviewId: uuid('Where it was raised.'),
      id: uuid('Of this raising.'),
      indicatorId: text('The rule.'),
      item: text('Item of a repeat, where it has one.'),
      severity: oneOf('How far-reaching it would be.', ['low', 'medium', 'high']),
      ground: text('The ground it points to.'),
      raisedAt: instant('When it was raised.'),
      clearedAt: nullable(instant('When a later answer cleared it.')),
      certainty: nullable(oneOf('Whether its condition held, or could not be told.', ['yes', 'unclear'])),
      reason: nullable(text('Why it was raised.')),
      because: list(
        'The clauses that decided.',
        object('One clause.', {
          sentence: text('In words.'),
          outcome: oneOf('How it came out.', ['yes', 'no', 'unclear']),
        }),
      ),
      raisedFrom: list(
        'The answers in force that its rule looks at.',
        object('One answer.', {
          answerId: uuid('The revision in force.'),
          questionId: text('Its question.'),
          item: text('Item of a repeat, where it has one.'),
          question: nullable(text('The question as asked.')),
          inWords: text('The answer in words.'),
        }),
      ),
      innocent: list('What would explain it innocently.', text('An explanation.')),
      disputed: list(
        'Why officers hold that it says nothing of this person.',
        object('One dispute.', { reason: text('Why.'), at: instant('When.') }),
      ),
    }),
  ),
  openQuestions: object('What the account leaves open.', {
    note: text('How to read them.'),
    questions: list('Raised by rule.', openQuestion),
  }),
  reviews: list(
    'Reviews of the analysis by others than its authors.',
    object('One review.', {
      kind: oneOf('Of what kind.', ['analysis', 'legal', 'decision']),
      outcome: oneOf('How it ended.', ['approved', 'returned']),
      analysisRevision: count('The revision reviewed.'),
      at: instant('When.'),
    }),
  ),
});

const indicators = (description: string) =>
  list(
    description,
    object('One indicator.', { interviewId: uuid('Where it was raised.'), id: uuid('Of the indicator.') }),
  );

export const exculpatory = object('What speaks for the person: always there, and by words where it is empty.', {
  statement: text('Whether the file holds anything that speaks for the person.'),
  undisclosed: object('Information that speaks for the person and may not be sent.', {
    exists: bool('There is such information: its source refused.'),
    statement: nullable(text('The same in words.')),
  }),
  assessed: list(
    'The authority’s assessment per allegation.',
    object('One assessment.', { allegationId: uuid('The allegation.'), assessment: text('In words.') }),
  ),
  evidence: list(
    'Sources that speak for the person.',
    object('One source.', { allegationId: uuid('The allegation.'), element: text('The element.'), ...evidence }),
  ),
  elementsNotMet: list(
    'Findings on elements that speak for the person: a constitutive one not met or unclear, an excluding one (duress, say) met or unclear.',
    object('One element.', { allegationId: uuid('The allegation.'), element: text('The element.'), finding }),
  ),
  allegationsNotStanding: list(
    'Allegations that do not stand.',
    object('One allegation.', { allegationId: uuid('The allegation.'), scope }),
  ),
  clearedIndicators: indicators('Indicators that later answers cleared.'),
  disputedIndicators: indicators('Indicators that officers dispute.'),
  submissions: list(
    'What the applicant’s side said.',
    object('One submission.', { submissionId: uuid('Among the facts.'), kind: text('Of what kind.') }),
  ),
});
