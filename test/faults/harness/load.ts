import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Refused } from '../../../src/demo/api-client.js';
import type { Cast } from '../../../src/demo/case-walk.js';
import { aCaseAt, anApplicant, decideSuspicion } from '../../factories/case-walk.js';
import type { PatientCaller } from './client.js';
import type { Clock } from './clock.js';
import type { Gate } from './gate.js';
import type { Journal } from './journal.js';
import type { Random } from './random.js';

/** Everybody who takes part, by account. */
export type Players = Readonly<Record<string, PatientCaller>> & Readonly<Record<keyof Cast, PatientCaller>>;

/** Whole cases through the public API. Each walk ends with what obliges to tell, or rightly with nothing. */
const WALKS: Readonly<Record<string, (cast: Players, midway: () => void) => Promise<void>>> = {
  suspected: async (cast) => {
    await decideSuspicion(cast, await registered(cast), true);
  },
  notSuspected: async (cast) => {
    await decideSuspicion(cast, await registered(cast), false);
  },
  refusedOnTheWay: async (cast) => {
    const id = await registered(cast);
    await refused(cast.reviewer.post(`/api/cases/${id}/commands`, { type: 'CONFIRM_SUSPICION' }));
    await refused(cast.decider.post(`/api/cases/${id}/commands`, { type: 'SUBMIT_FOR_REVIEW' }));
    await decideSuspicion(cast, id, true);
  },
  excluded: async (cast) => {
    const { id } = await aCaseAt(cast, 'excluded');
    await acknowledged(cast, id);
  },
  livedAtAnAuthority: async (cast) => {
    await aCaseAt(cast, 'excluded', { applicant: anApplicant({ residences: ['NL'] }) });
  },
  quashed: async (cast) => {
    const { id } = await aCaseAt(cast, 'excluded');
    const send = (type: string, more: object) => cast.legal.post(`/api/cases/${id}/commands`, { type, ...more });
    await send('APPEAL', { court: 'Invented Court' });
    await send('QUASH', { court: 'Invented Court', reasons: 'As the court says.', final: true });
  },
  toldByFolder: async (cast) => {
    await decideSuspicion(cast, await registered(cast, ['UG']), true);
  },
  acknowledgedAgain,
  documented: async (cast, midway) => {
    const id = await registered(cast);
    midway();
    for (let n = 0; n < 3; n++) await documented(cast, id);
    await decideSuspicion(cast, id, true);
  },
};

/** Repetition of a prosecutor's acts, as soon as the referral is there to act on. */
async function acknowledgedAgain(cast: Players): Promise<void> {
  const id = await registered(cast);
  await decideSuspicion(cast, id, true);
  await arrived(cast, id);
  await forEachReceived(cast, id, async (prosecutor, path, say) => {
    const text = 'Invented words.';
    const feedback = { type: 'GIVE_FEEDBACK', feedback: 'charged', text };
    await prosecutor.again(path, say, async () => {
      await refused(prosecutor.post(path, say));
      await prosecutor.again(path, feedback, () => Promise.resolve());
    });
  });
}

/** Quick ones often, whole ones often enough. */
const OFTEN = [
  ...Array.from({ length: 6 }, () => 'suspected'),
  ...Array.from({ length: 2 }, () => 'excluded'),
  'quashed',
  'livedAtAnAuthority',
  'notSuspected',
  'documented',
  'refusedOnTheWay',
];

/** So many people at work at once on cases of their own, for as long as the harness lets them. */
export class Load {
  private going = false;
  private walkers: Promise<void>[] = [];
  walks = 0;

  constructor(
    private readonly cast: Players,
    private readonly journal: Journal,
    private readonly random: Random,
    private readonly atOnce: number,
    private readonly clock: Clock,
    private readonly gate: Gate,
  ) {}

  /** Begins, or goes on after `hold`. */
  start(): void {
    this.gate.open();
    if (this.going) return;
    this.going = true;
    this.walkers = Array.from({ length: this.atOnce }, () => this.walkOn());
  }

  /** Lets each command come to its end, and no walk go on: afterwards no command is in doubt. */
  hold(): Promise<void> {
    return this.gate.shut();
  }

  /** Lets each walk come to its end. */
  async rest(): Promise<void> {
    this.going = false;
    this.gate.open();
    await Promise.all(this.walkers);
  }

  private async walkOn(): Promise<void> {
    while (this.going) await this.walk(this.random.pick(OFTEN));
  }

  /**
   * One walk by name; an answer it did not expect is a surprise in the journal. `midway` happens in it where it says so: in
   * `documented` when there is a case and nothing in it.
   */
  async walk(name: string, midway: () => void = () => undefined): Promise<void> {
    const { stepsBack } = this.clock;
    try {
      await WALKS[name]?.(this.cast, midway);
      this.walks += 1;
    } catch (error) {
      // Guards ask what came after what by the time on record: across a step back they refuse, and the step is taken anew by a person.
      if (this.clock.stepsBack > stepsBack && error instanceof Refused && error.status === 409) return;
      this.journal.surprise(`${name}: ${(error as Error).message}`);
    }
  }
}

async function registered(cast: Players, residences: readonly string[] = []): Promise<string> {
  const opened = { applicant: anApplicant({ residences }), countryOfOrigin: 'RW' };
  return (await cast.officer.post<{ id: string }>('/api/cases', opened)).id;
}

/** What must be refused, and is not then found in any chain. */
async function refused(command: Promise<unknown>): Promise<void> {
  const error = await command.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Refused && error.status < 500) return;
  throw error ?? new Error('a command that must be refused was accepted');
}

/** A document of the case, and what is kept of it is what was handed over. */
async function documented(cast: Players, id: string): Promise<void> {
  const content = randomBytes(48 * 1024);
  const about = { source: 'An invented applicant.', custody: 'Handed over at the desk.' };
  const { id: document } = await cast.officer.upload<{ id: string }>(`/api/cases/${id}/documents`, about, content);
  const kept = await cast.officer.bytes(`/api/documents/${document}/content`);
  const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  if (sha256(kept) !== sha256(content)) throw new Error(`the document ${document} is not what was handed over`);
}

const RECEIVED_WITHIN_MS = 30_000;

/** Waits, not for ever, until something of the case has arrived somewhere. */
async function arrived(cast: Players, id: string): Promise<void> {
  for (let waited = 0; waited < RECEIVED_WITHIN_MS; waited += 500) {
    const { duties } = await cast.officer.get<Told>(`/api/cases/${id}`);
    if (duties.obligations.every(({ state }) => state === 'received')) return;
    await pause(500);
  }
}

/** The prosecutors acknowledge what has arrived by now. */
const acknowledged = (cast: Players, id: string): Promise<void> =>
  forEachReceived(cast, id, (prosecutor, path, say) => prosecutor.post(path, say));

interface Told {
  readonly duties: { readonly obligations: readonly { readonly id: string; readonly state: string }[] };
}

/** What has arrived by now, each with the prosecutor whose it is and the acknowledgement that it asks for. */
async function forEachReceived(
  cast: Players,
  id: string,
  act: (prosecutor: PatientCaller, path: string, say: object) => Promise<unknown>,
): Promise<void> {
  const { duties } = await cast.officer.get<Told>(`/api/cases/${id}`);
  for (const obligation of duties.obligations.filter(({ state }) => state === 'received')) {
    for (const prosecutor of [cast.prosecutor, cast['war-crimes']]) {
      const path = `/api/referrals/${obligation.id}`;
      const seen = await prosecutor.get<{ packageSha256: string }>(path).catch(() => undefined);
      if (!seen) continue;
      await act(prosecutor, `${path}/commands`, { type: 'ACKNOWLEDGE', packageSha256: seen.packageSha256 });
    }
  }
}
