import { templateFor } from '../exclusion/templates.js';
import type { AllegationInFile, CaseFile, Content, DecisionToTell, ReferralKind } from './file.js';

type Found = AllegationInFile['elements'][number];

const UNDISCLOSED =
  'Undisclosed exculpatory information exists: its source refused to have it sent. What it is cannot be told here.';

/** What speaks for the person, always there, and says so in words when it is empty. */
export function exculpatoryOf(
  file: CaseFile,
  allegations: readonly AllegationInFile[],
  findings: readonly Pick<DecisionToTell['findings'][number], 'allegationId' | 'scope' | 'stands'>[],
  kind: ReferralKind,
): Content {
  const evidence = allegations.flatMap(({ id, evidence: sources }) =>
    sources
      .filter(({ exculpatory }) => exculpatory)
      .map(({ element, sourceKind, sourceRef }) => ({ allegationId: id, element, sourceKind, sourceRef })),
  );
  const elements = allegations.flatMap((allegation) =>
    allegation.elements
      .filter(speaksFor(allegation))
      .map(({ element, finding }) => ({ allegationId: allegation.id, element, finding })),
  );
  const notStanding = findings
    .filter(({ stands }) => !stands)
    .map(({ allegationId, scope }) => ({ allegationId, scope }));
  const indicators = (which: (one: CaseFile['interviews'][number]['indicators'][number]) => boolean): Content[] =>
    file.interviews.flatMap(({ id, indicators: raised }) =>
      raised.filter(which).map((indicator) => ({ interviewId: id, id: indicator.id })),
    );
  const cleared = indicators(({ clearedAt }) => clearedAt !== null);
  const disputed = indicators(({ content }) => content['disputed'] !== undefined);
  const replies = file.submissions.map(({ id, kind }) => ({ submissionId: id, kind }));
  const assessed = allegations
    .filter(({ content }) => (content['exculpatory'] ?? null) !== null)
    .map(({ id, content }) => ({ allegationId: id, assessment: assessmentIn(content['exculpatory']) }));
  const lists = [assessed, evidence, elements, notStanding, cleared, disputed, replies];
  const empty = lists.every((list) => list.length === 0);
  return {
    statement: empty
      ? kind === 'account'
        ? 'This is an own account: nothing is alleged against the person, and what else the file holds is not told.'
        : 'The file holds nothing that was recorded as speaking for the person.'
      : 'What the file holds that speaks for the person, by reference to the other parts.',
    undisclosed: { exists: file.undisclosedExculpatory, statement: file.undisclosedExculpatory ? UNDISCLOSED : null },
    assessed,
    evidence,
    elementsNotMet: elements,
    allegationsNotStanding: notStanding,
    clearedIndicators: cleared,
    disputedIndicators: disputed,
    submissions: replies,
  };
}

/** An element that must be there and was not found; or a defence and the like, which was found or may be there. */
function speaksFor({ ground, crime, templateVersion }: AllegationInFile): (one: Found) => boolean {
  const known = templateFor(ground, crime, templateVersion);
  const excluding = known.ok ? known.template.elements.filter(({ role }) => role === 'excluding') : [];
  return ({ element, finding }) => finding !== (excluding.some(({ id }) => id === element) ? 'notMet' : 'met');
}

const assessmentIn = (exculpatory: unknown): unknown =>
  (exculpatory as { assessment?: unknown } | null)?.assessment ?? exculpatory;
