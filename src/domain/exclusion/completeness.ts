import { before, type UncertainDate } from '../timeline/uncertain-date.js';
import { ageAtAct, dayOf, type AgeAtAct, type Day } from './age-at-act.js';
import { templateFor, type Element, type ElementTemplate } from './templates.js';

export type Finding = 'met' | 'notMet' | 'unclear';

/** What a finding rests on, by reference. Country information tells of circumstances, never of a person. */
export interface EvidenceRef {
  readonly kind: 'interview' | 'document' | 'countryInformation';
  readonly ref: string;
  readonly exculpatory?: boolean;
}

export interface ElementFinding {
  readonly finding: Finding;
  readonly reasons: string;
  readonly evidence: readonly EvidenceRef[];
}

export interface AllegationContent {
  readonly ground: string;
  readonly crime: string;
  /** The version this allegation was begun with; without it, the newest. */
  readonly templateVersion?: number;
  readonly scope: string;
  readonly act: { readonly summary: string; readonly place?: string; readonly when?: string };
  readonly elements: Readonly<Record<string, ElementFinding>>;
  /** What speaks for the applicant, assessed; that nothing was found is an assessment and has to be written. */
  readonly exculpatory?: { readonly assessment: string };
  readonly intendedToStand: boolean;
  /** EDTF or a date already read; unknown when nobody could say. */
  readonly birthDate?: Day;
  readonly settings: { readonly ageOfCriminalResponsibility: number };
  /** ISO calendar day; an act after it is refused. */
  readonly today?: string;
}

export interface Problem {
  readonly pointer: string;
  readonly detail: string;
}

export interface Missing {
  readonly element: string;
  readonly because: string;
}

export interface AllegationAssessment {
  /** What contradicts the law or itself and cannot be accepted. */
  readonly problems: readonly Problem[];
  /** Every element that this template asks of this person is found, with reasons and evidence. */
  readonly complete: boolean;
  readonly missing: readonly Missing[];
  readonly exculpatoryAssessed: boolean;
  /** The person was, or may have been, below the age of criminal responsibility at the act. */
  readonly belowResponsibility: boolean;
  /** The person was, or may have been, below 18 at the act. */
  readonly minorAtAct: boolean;
  /** Why one of the two above is true. */
  readonly ageBecause?: string;
  /** The version the elements were checked against; null when ground or crime do not exist. */
  readonly templateVersion: number | null;
}

/** Checks one allegation against its template: what is refused, what is still missing, and what its guards ask about. */
export function assessAllegation(content: AllegationContent): AllegationAssessment {
  const problems: Problem[] = [];
  const dates = datesOf(content, problems);
  const age = ageAtAct(dates.birth, dates.when, content.settings.ageOfCriminalResponsibility);
  const found = templateFor(content.ground, content.crime, content.templateVersion);
  if (!found.ok) problems.push({ pointer: found.pointer, detail: found.detail });
  if (isBlank(content.act.summary)) problems.push({ pointer: '/act/summary', detail: ACT_MISSING });
  const asked = found.ok ? found.template.elements.filter((e) => !e.onlyIfMinor || age.minor !== 'no') : [];
  if (found.ok) problems.push(...problemsOfTemplate(content, found.template));
  if (content.intendedToStand) problems.push(...whatForbidsStanding(content, asked, age));
  const missing = asked.flatMap((element) => missingOf(element, content.elements[element.id]));
  return {
    problems,
    complete: found.ok && missing.length === 0,
    missing,
    exculpatoryAssessed: !isBlank(content.exculpatory?.assessment),
    belowResponsibility: age.belowResponsibility !== 'no',
    minorAtAct: age.minor !== 'no',
    ...(age.because === undefined ? {} : { ageBecause: age.because }),
    templateVersion: found.ok ? found.template.version : null,
  };
}

const ACT_MISSING =
  'must describe what the applicant is alleged to have done; membership of a group, a rank or a workplace is not an act';

const isBlank = (text: string | undefined): boolean => (text ?? '').trim() === '';

/** The dates that can be read; one that cannot is a problem and counts as unknown. */
function datesOf(content: AllegationContent, problems: Problem[]): { birth?: UncertainDate; when?: UncertainDate } {
  const read = (given: Day | undefined, pointer: string): UncertainDate | undefined => {
    if (given === undefined) return undefined;
    const result = dayOf(given);
    if (result.ok) return result.date;
    problems.push({ pointer, detail: result.message });
    return undefined;
  };
  const birth = read(content.birthDate, '/birthDate');
  const when = read(content.act.when, '/act/when');
  if (birth && when && before(when, birth) === 'yes') {
    problems.push({ pointer: '/act/when', detail: 'lies before the applicant was born' });
  }
  if (when && content.today !== undefined && when.earliest > content.today) {
    problems.push({ pointer: '/act/when', detail: 'lies in the future' });
  }
  return { ...(birth ? { birth } : {}), ...(when ? { when } : {}) };
}

function problemsOfTemplate(content: AllegationContent, template: ElementTemplate): Problem[] {
  const known = new Map(template.elements.map((element) => [element.id, element]));
  const unknown = Object.keys(content.elements)
    .filter((id) => !known.has(id))
    .map((id) => ({
      pointer: pointerTo(id),
      detail: `is no element of ${template.label}; its elements are ${[...known.keys()].join(', ')}`,
    }));
  const scope = template.scopes.some((one) => one === content.scope)
    ? []
    : [{ pointer: '/scope', detail: `must, on ground ${template.ground}, be ${template.scopes.join(' or ')}` }];
  return [...scope, ...unknown];
}

/**
 * The authority bears the burden: an element that is not met or unclear does not carry an allegation. A defence that is unclear
 * does not refuse it here; weighing it is for the people who review and decide.
 */
function whatForbidsStanding(content: AllegationContent, asked: readonly Element[], age: AgeAtAct): Problem[] {
  const against = asked.flatMap(({ id, label, role }) => {
    const finding = content.elements[id]?.finding;
    if (role === 'excluding' && finding === 'met') return [standing(`${pointerTo(id)}/finding`, `"${label}" is met`)];
    if (role === 'constitutive' && (finding === 'notMet' || finding === 'unclear')) {
      return [standing(`${pointerTo(id)}/finding`, `"${label}" is ${finding === 'notMet' ? 'not met' : 'unclear'}`)];
    }
    return [];
  });
  if (age.belowResponsibility === 'no') return against;
  return [...against, standing('/intendedToStand', `${age.because}; below the age of responsibility none can exist`)];
}

const standing = (pointer: string, why: string): Problem => ({
  pointer,
  detail: `the allegation cannot be intended to stand: ${why}`,
});

function missingOf(element: Element, found: ElementFinding | undefined): Missing[] {
  const because = whyMissing(element, found);
  return because === undefined ? [] : [{ element: element.id, because }];
}

function whyMissing(element: Element, found: ElementFinding | undefined): string | undefined {
  if (!found) return 'is not found yet: say whether it is met, not met or unclear';
  if (isBlank(found.reasons)) return 'has no reasons';
  const evidence = found.evidence.filter(({ ref }) => !isBlank(ref));
  if (evidence.length === 0) return 'names no evidence';
  if (element.individual && found.finding === 'met' && evidence.every(({ kind }) => kind === 'countryInformation')) {
    return 'is met on country information alone, which tells what others did: name evidence about the applicant';
  }
  return undefined;
}

const pointerTo = (id: string): string => `/elements/${id.replaceAll('~', '~0').replaceAll('/', '~1')}`;
