import { expect } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Cast } from '../../src/demo/case-walk.js';
import type { CaseAt } from '../factories/case-walk.js';
import { anApplication, type Answer, type TestApplication } from './application.js';

/** What commands say where nothing hangs on it. */
export const REASONS = { reasons: 'As the record shows.' };
export const COURT = { court: 'Demo Court' };
export const JUDGED = { ...COURT, ...REASONS };

/** One command on its way through the chart: who gives it, who may not, and what it says beside its type. */
export interface Step {
  readonly type: string;
  readonly by: string;
  readonly not: string;
  readonly says?: object | ((at: CaseAt) => object);
  readonly leadsTo?: Readonly<Record<string, string>>;
  /** What has to be so before it, beside what the steps before did. */
  readonly first?: (at: CaseAt) => Promise<unknown>;
}

/** Sends commands to cases, whichever endpoint each has, and tries with each what must hold for every command. */
export class CaseCommands {
  readonly taken = new Set<string>();

  private constructor(
    readonly application: TestApplication,
    readonly cast: Cast,
  ) {}

  /** In an application of its own, in which nothing happens but what is sent. */
  static async start(): Promise<CaseCommands> {
    const application = await anApplication({ config: { ROLE: 'api' } });
    return new CaseCommands(application, await application.cast());
  }

  close(): Promise<void> {
    return this.application.close();
  }

  async send(
    { type, says = {} }: Step,
    username: string,
    at: CaseAt,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const person = await this.application.as(username);
    const said = typeof says === 'function' ? says(at) : says;
    const base = `/api/cases/${at.id}`;
    if (type === 'EDIT_ANALYSIS') return person.put(`${base}/allegations/${at.allegations[0]!}`, said, headers);
    if (type === 'RECORD_REPLY' || type === 'RECORD_SUBMISSION')
      return person.post(`${base}/submissions`, said, headers);
    if (type === 'RECORD_AGREEMENT') return person.post(`${base}/agreements`, said, headers);
    if (type === 'RECORD_DISCLOSURE') return person.post(`${base}/disclosures`, said, headers);
    return person.post(`${base}/commands`, { type, ...said }, headers);
  }

  async stateOf({ id }: CaseAt): Promise<{ version: number; events: number; state: Record<string, string> }> {
    const { body } = await (await this.application.as('officer')).get(`/api/cases/${id}`);
    const rows = await this.application.rows<{ events: number }>(
      'SELECT count(*)::int AS events FROM event WHERE case_id = $1',
      [id],
    );
    return { version: body.version, state: body.state, events: rows[0]!.events };
  }

  /** Refused to the wrong role; of two at once one wins; repeated with its key it is done once; then it is where it should be. */
  async take(step: Step, at: CaseAt): Promise<void> {
    this.taken.add(step.type);
    await step.first?.(at);
    const before = await this.stateOf(at);

    const refused = await this.send(step, step.not, at);
    expect({ type: step.type, by: step.not, status: refused.status, code: refused.body?.code }).toEqual({
      type: step.type,
      by: step.not,
      status: 403,
      code: 'forbidden',
    });
    expect(await this.stateOf(at)).toEqual(before);

    const seen = { 'If-Match': `"${before.version}"` };
    const keys = [randomUUID(), randomUUID()];
    const rivals = await Promise.all(
      keys.map((key) => this.send(step, step.by, at, { ...seen, 'Idempotency-Key': key })),
    );
    const told = rivals.map(({ status, body }) => `${status} ${body?.code ?? ''} ${status > 300 ? body?.detail : ''}`);
    expect({
      type: step.type,
      told: rivals.map(({ status }) => (status < 300 ? 'done' : status)).sort(),
      said: told,
    }).toEqual({
      type: step.type,
      told: [412, 'done'],
      said: told,
    });

    const after = await this.stateOf(at);
    expect({ type: step.type, version: after.version }).toEqual({ type: step.type, version: before.version + 1 });
    const won = rivals.findIndex(({ status }) => status < 300);
    const again = await this.send(step, step.by, at, { ...seen, 'Idempotency-Key': keys[won]! });
    expect({ type: step.type, status: again.status }).toEqual({ type: step.type, status: rivals[won]!.status });
    expect(again.body).toEqual(rivals[won]!.body);
    expect(await this.stateOf(at)).toEqual(after);

    if (step.leadsTo) expect(after.state).toMatchObject(step.leadsTo);
  }
}
