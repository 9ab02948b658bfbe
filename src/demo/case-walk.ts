import { randomUUID } from 'node:crypto';
import type { ElementTemplate } from '../domain/exclusion/templates.js';
import type { Caller } from './api-client.js';
import { type Account, holdInterview } from './interview-player.js';
import { narrator, type Narrator } from './narrator.js';

export interface Cast {
  readonly officer: Caller;
  readonly interviewer: Caller;
  readonly analyst: Caller;
  readonly reviewer: Caller;
  readonly legal: Caller;
  readonly decider: Caller;
  readonly 'second-decider': Caller;
  readonly prosecutor: Caller;
  readonly 'war-crimes': Caller;
}

export interface CaseAnswer {
  readonly id: string;
  readonly reference: string;
  readonly version: number;
  readonly state: Readonly<Record<string, string>>;
  readonly duties: {
    readonly obligations: readonly {
      readonly id: string;
      readonly kind: string;
      readonly authority: string;
      readonly legalBasis: string;
      readonly state: string;
    }[];
  };
}

interface ReferralAnswer {
  readonly id: string;
  readonly kind: string;
  readonly packageSha256: string;
  readonly priority: { readonly level: string };
}

export interface AllegationPlan {
  readonly ground: string;
  readonly crime: string;
  readonly summary: string;
  readonly when: string;
  readonly place: string;
  readonly stands: boolean;
  /** Constitutive elements that could not be found, for an allegation that is not to stand. */
  readonly unclear?: readonly string[];
}

export const COUNTRY_INFORMATION =
  'ICTR, judicial notice of 16 June 2006 (Karemera et al.): genocide against the Tutsi between 6 April and 17 July 1994';

/** One case on its way through the public API, told step by step. */
export class CaseWalk {
  private constructor(
    readonly cast: Cast,
    readonly id: string,
    readonly reference: string,
    private readonly templates: readonly ElementTemplate[],
    readonly tell: Narrator,
  ) {}

  static async register(cast: Cast, applicant: object, tell: Narrator = narrator): Promise<CaseWalk> {
    const answer = await cast.officer.post<CaseAnswer>('/api/cases', { applicant, countryOfOrigin: 'RW' });
    const { items } = await cast.analyst.get<{ items: ElementTemplate[] }>('/api/element-templates');
    tell.step('officer', `registers the case ${answer.reference}`);
    tell.state(answer.state);
    return new CaseWalk(cast, answer.id, answer.reference, items, tell);
  }

  async send(by: Caller, type: string, more: object = {}): Promise<CaseAnswer> {
    const answer = await by.post<CaseAnswer>(`/api/cases/${this.id}/commands`, { type, ...more });
    this.tell.step(by.username, type);
    this.tell.state(answer.state);
    return answer;
  }

  view(): Promise<CaseAnswer> {
    return this.cast.officer.get<CaseAnswer>(`/api/cases/${this.id}`);
  }

  screening(account: Account): Promise<string> {
    return holdInterview(this.cast.officer, this.id, 'screening', account, this.tell);
  }

  /** Triage, focused interview; leaves the case in analysis. Returns the interview's id. */
  async examine(account: Account): Promise<string> {
    const { interviewer } = this.cast;
    await this.send(interviewer, 'ACCEPT_TRIAGE');
    await this.send(interviewer, 'START_INTERVIEWING');
    const interview = await holdInterview(interviewer, this.id, 'exclusion', account, this.tell);
    await this.send(interviewer, 'COMPLETE_INTERVIEWING');
    return interview;
  }

  /** Writes one allegation with its whole element matrix; returns its id. */
  async allege(interview: string, plan: AllegationPlan): Promise<string> {
    const id = randomUUID();
    const template = this.templates
      .filter(({ ground, crime }) => ground === plan.ground && crime === plan.crime)
      .at(-1);
    if (!template) throw new Error(`no template for ${plan.ground} ${plan.crime}`);
    const content = allegationContent(template, interview, plan);
    await this.cast.analyst.put(`/api/cases/${this.id}/allegations/${id}`, content);
    this.tell.step('analyst', `writes the allegation on ${plan.ground}, ${plan.crime}: ${plan.summary}`);
    this.tell.note(`${content.elements.length} elements found; intended to stand: ${plan.stands ? 'yes' : 'no'}`);
    return id;
  }

  async discloseContext(): Promise<void> {
    await this.cast.officer.post(`/api/cases/${this.id}/disclosures`, {
      sourceKind: 'countryInformation',
      sourceRef: COUNTRY_INFORMATION,
      substance: 'The tribunal took judicial notice of the genocide; this was put to the applicant.',
      how: 'with the notice of intention, through the interpreter',
    });
    this.tell.step('officer', 'discloses the country information relied on');
  }

  /** Notice of intention, disclosure, reply. */
  async hear(): Promise<void> {
    await this.send(this.cast.analyst, 'SERVE_INTENTION', {
      text: 'We intend to exclude you under Article 1F; the facts relied on are set out.',
      language: 'rw',
    });
    await this.discloseContext();
    await this.cast.officer.post(`/api/cases/${this.id}/submissions`, {
      kind: 'replyToIntention',
      text: 'The applicant disputes having given orders.',
      from: 'counsel',
    });
    this.tell.step('officer', "records counsel's reply to the notice");
  }

  /** Review by a second person, with the legal sign-off where the ground asks for one. */
  async review(): Promise<void> {
    await this.send(this.cast.analyst, 'SUBMIT_FOR_REVIEW');
    await this.send(this.cast.legal, 'SIGN_OFF_LEGALLY', { reasons: 'The elements are made out as found.' });
    await this.send(this.cast.reviewer, 'APPROVE_REVIEW', { reasons: 'Findings follow from the record.' });
  }

  /** A reasoned suspicion decision, proposed by one person and confirmed by another. */
  async suspicion(suspicion: boolean, reasons: string): Promise<void> {
    await this.send(this.cast.analyst, 'PROPOSE_SUSPICION', { suspicion, reasons });
    await this.send(this.cast.reviewer, 'CONFIRM_SUSPICION');
  }

  /** After a correction, that suspicion remains for no allegation: proposed by one person, confirmed by another, told to all. */
  async afterCorrection(reasons: string): Promise<void> {
    const { items } = await this.cast.analyst.get<{ items: { id: string }[] }>(`/api/cases/${this.id}/allegations`);
    const allegations = items.map(({ id }) => ({ allegationId: id, remains: false, reasons }));
    await this.send(this.cast.analyst, 'PROPOSE_AFTER_CORRECTION', { suspicion: false, reasons, allegations });
    await this.send(this.cast.reviewer, 'CONFIRM_SUSPICION');
  }

  /** Waits until every referral of the case has its receipt, and shows them. */
  async receipts(): Promise<void> {
    const until = Date.now() + 60_000;
    for (;;) {
      const { duties } = await this.view();
      if (duties.obligations.every(({ state }) => state !== 'due')) {
        for (const { kind, authority, legalBasis, state } of duties.obligations)
          this.tell.note(`> ${kind} referral to ${authority}: ${state} (${legalBasis})`);
        return;
      }
      if (Date.now() > until) throw new Error(`the referrals of ${this.reference} were not received within a minute`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  /** Opens the file for a purpose (a correction needs none) and reads what was sent. */
  private async read(prosecutor: Caller, { id, kind, priority }: ReferralAnswer): Promise<void> {
    if (kind === 'correction') {
      await prosecutor.get(`/api/referrals/${id}/package`);
      this.tell.step(prosecutor.username, 'reads the correction');
      return;
    }
    const grant = await prosecutor.post<{ until: string }>(`/api/referrals/${id}/grants`, {
      purpose: 'investigation',
      legalBasis: 'the invented code of criminal procedure of the demonstration',
    });
    await prosecutor.get(`/api/referrals/${id}/package`);
    const until = grant.until.slice(0, 10);
    this.tell.step(
      prosecutor.username,
      `opens the ${kind} referral, priority ${priority.level}, to investigate; the grant ends on ${until}`,
    );
  }

  /** Every prosecutor acknowledges what the own authority received of this case and has not acknowledged yet. */
  async acknowledge(): Promise<void> {
    const { duties } = await this.view();
    for (const prosecutor of [this.cast.prosecutor, this.cast['war-crimes']]) {
      for (const { id, state } of duties.obligations) {
        if (state !== 'received') continue;
        const seen = await prosecutor.get<ReferralAnswer>(`/api/referrals/${id}`).catch(() => undefined);
        if (!seen) continue;
        await this.read(prosecutor, seen);
        const { packageSha256 } = seen;
        const note = 'Read and filed.';
        await prosecutor.post(`/api/referrals/${id}/commands`, { type: 'ACKNOWLEDGE', packageSha256, note });
        this.tell.step(prosecutor.username, `acknowledges it by its hash, ${packageSha256.slice(0, 12)}…`);
      }
    }
  }
}

/** An allegation with every element of its template found, from the interview and from country information. */
export function allegationContent(template: ElementTemplate, interview: string, plan: AllegationPlan) {
  const elements = template.elements
    .filter(({ onlyIfMinor }) => !onlyIfMinor)
    .map((element) => {
      const finding = element.role === 'excluding' ? 'notMet' : plan.unclear?.includes(element.id) ? 'unclear' : 'met';
      const own = { kind: 'interview', ref: `${interview}#accountLife` };
      const context = element.individual ? [] : [{ kind: 'countryInformation', ref: COUNTRY_INFORMATION }];
      return {
        element: element.id,
        finding,
        reasons: `Found ${finding} in this demonstration.`,
        evidence: [own, ...context],
      };
    });
  return {
    ground: plan.ground,
    crime: plan.crime,
    scope: 'refugeeStatus',
    act: { summary: plan.summary, when: plan.when, place: plan.place },
    elements,
    exculpatory: {
      assessment:
        'The applicant says that neighbours were hidden at home; assessed, and it does not outweigh the acts told.',
    },
    intendedToStand: plan.stands,
  };
}
