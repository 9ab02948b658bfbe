import { VERSION_1 } from './templates.v1.js';

export const grounds = ['1F(a)', '1F(b)', '1F(c)', 'seriousCrimeSP'] as const;
export type Ground = (typeof grounds)[number];

export const scopes = ['refugeeStatus', 'subsidiaryProtection'] as const;
export type Scope = (typeof scopes)[number];

/** One legal element of a ground and crime: what must be found, and where the law says so. */
export interface Element {
  readonly id: string;
  readonly label: string;
  /** What must be found; "met" answers it with yes. */
  readonly question: string;
  readonly legalSource: string;
  /** `constitutive`: the allegation stands only if met. `excluding`: met, it takes responsibility or exclusion away. */
  readonly role: 'constitutive' | 'excluding';
  /** About what this person did, knew or wanted: what others or a whole organisation did can never show it alone. */
  readonly individual: boolean;
  /** Asked only where the applicant was, or may have been, below 18 at the act. */
  readonly onlyIfMinor: boolean;
}

/** A provision and the calendar days on which it applies; `until` is the last one. */
export interface LegalBasis {
  readonly provision: string;
  readonly from: string;
  readonly until?: string;
}

export interface ElementTemplate {
  readonly ground: Ground;
  readonly crime: string;
  readonly version: number;
  readonly label: string;
  /** Statuses from which this ground can exclude. */
  readonly scopes: readonly Scope[];
  readonly legalBasis: readonly LegalBasis[];
  readonly elements: readonly Element[];
}

/** Every template in every version; a published version is never changed, because allegations were assessed by it. */
export const elementTemplates: readonly ElementTemplate[] = [...VERSION_1];

export type TemplateResult =
  | { readonly ok: true; readonly template: ElementTemplate }
  | { readonly ok: false; readonly pointer: '/ground' | '/crime' | '/templateVersion'; readonly detail: string };

/** The elements to be found for a ground and crime (newest version unless one is named), or which ones exist. */
export function templateFor(ground: string, crime: string, version?: number): TemplateResult {
  const ofGround = elementTemplates.filter((template) => template.ground === ground);
  if (ofGround.length === 0) return { ok: false, pointer: '/ground', detail: `must be one of ${grounds.join(', ')}` };
  const ofCrime = ofGround.filter((template) => template.crime === crime);
  if (ofCrime.length === 0) {
    const crimes = [...new Set(ofGround.map((template) => template.crime))];
    return { ok: false, pointer: '/crime', detail: `must, on ground ${ground}, be one of ${crimes.join(', ')}` };
  }
  const versions = ofCrime.map((template) => template.version);
  const wanted = version ?? Math.max(...versions);
  const template = ofCrime.find((candidate) => candidate.version === wanted);
  return template
    ? { ok: true, template }
    : { ok: false, pointer: '/templateVersion', detail: `must, for ${crime}, be one of ${versions.join(', ')}` };
}
