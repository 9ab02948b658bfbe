import { templateFor } from '../exclusion/templates.js';
import type { AllegationInFile, Content } from './file.js';

/** One alleged act with its element matrix, each element with the law it comes from. What speaks for the person is elsewhere. */
export function allegationPart(allegation: AllegationInFile): Content {
  const { id, ground, crime, scope, templateVersion, minorAtAct, content } = allegation;
  const found = templateFor(ground, crime, templateVersion);
  const template = found.ok ? found.template : undefined;
  return {
    id,
    ground,
    crime,
    crimeInWords: template?.label ?? crime,
    scope,
    templateVersion,
    minorAtAct,
    act: content['act'] ?? null,
    elements: allegation.elements.map(({ element, finding, content: { reasons = null } }) => {
      const known = template?.elements.find((one) => one.id === element);
      return {
        element,
        label: known?.label ?? element,
        question: known?.question ?? null,
        legalSource: known?.legalSource ?? null,
        role: known?.role ?? null,
        finding,
        reasons,
        evidence: allegation.evidence
          .filter((one) => one.element === element && !one.exculpatory)
          .map(({ sourceKind, sourceRef }) => ({ sourceKind, sourceRef })),
      };
    }),
  };
}

/** The elements of its template on which nothing was found yet; of a template that is not known, what was noted then. */
export function elementsMissing(allegation: AllegationInFile): string[] {
  const found = templateFor(allegation.ground, allegation.crime, allegation.templateVersion);
  if (!found.ok) return allegation.complete ? [] : ['some elements'];
  const done = new Set(allegation.elements.map(({ element }) => element));
  return found.template.elements
    .filter(({ id, onlyIfMinor }) => !done.has(id) && (!onlyIfMinor || allegation.minorAtAct))
    .map(({ label }) => label);
}
