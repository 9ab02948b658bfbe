import { Refused } from '../../../src/demo/api-client.js';
import type { Cast } from '../../../src/demo/case-walk.js';
import { aCaseAt, anApplicant, decideSuspicion } from '../../factories/case-walk.js';
import type { Journal } from './journal.js';
import type { Random } from './random.js';

/** Whole cases through the public API. Each walk ends with what obliges to tell, or rightly with nothing. */
const WALKS: Readonly<Record<string, (cast: Cast) => Promise<void>>> = {
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
};

/** Quick ones often, whole ones often enough. */
const OFTEN = [
  ...Array.from({ length: 6 }, () => 'suspected'),
  ...Array.from({ length: 2 }, () => 'excluded'),
  'quashed',
  'livedAtAnAuthority',
  'notSuspected',
  'refusedOnTheWay',
];

/** So many people at work at once on cases of their own, for as long as the harness lets them. */
export class Load {
  private going = false;
  private walkers: Promise<void>[] = [];
  walks = 0;

  constructor(
    private readonly cast: Cast,
    private readonly journal: Journal,
    private readonly random: Random,
    private readonly atOnce: number,
  ) {}

  start(): void {
    if (this.going) return;
    this.going = true;
    this.walkers = Array.from({ length: this.atOnce }, () => this.walkOn());
  }

  /** Lets each walk come to its end: afterwards no command is in doubt. */
  async rest(): Promise<void> {
    this.going = false;
    await Promise.all(this.walkers);
  }

  private async walkOn(): Promise<void> {
    while (this.going) await this.walk(this.random.pick(OFTEN));
  }

  /** One walk by name; an answer it did not expect is a surprise in the journal. */
  async walk(name: string): Promise<void> {
    try {
      await WALKS[name]?.(this.cast);
      this.walks += 1;
    } catch (error) {
      this.journal.surprise(`${name}: ${(error as Error).message}`);
    }
  }
}

async function registered(cast: Cast): Promise<string> {
  const opened = { applicant: anApplicant(), countryOfOrigin: 'RW' };
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

/** The prosecutors acknowledge what has arrived by now. */
async function acknowledged(cast: Cast, id: string): Promise<void> {
  const { duties } = await cast.officer.get<{ duties: { obligations: { id: string; state: string }[] } }>(
    `/api/cases/${id}`,
  );
  for (const obligation of duties.obligations.filter(({ state }) => state === 'received')) {
    for (const prosecutor of [cast.prosecutor, cast['war-crimes']]) {
      const path = `/api/referrals/${obligation.id}`;
      const seen = await prosecutor.get<{ packageSha256: string }>(path).catch(() => undefined);
      if (!seen) continue;
      const { packageSha256 } = seen;
      await prosecutor.post(`${path}/commands`, { type: 'ACKNOWLEDGE', packageSha256 });
    }
  }
}
