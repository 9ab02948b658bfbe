import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** What one side did in one round; times in milliseconds. */
export interface Round {
  readonly units: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

type Answer = { ready: true } | { round: Round } | { failed: string };

/** One of the two being compared, in a process of its own, so that its processor time is its own and so is its heap. */
export class Side {
  private constructor(private readonly child: ChildProcess) {}

  static async start(program: string, settings: object): Promise<Side> {
    const child = fork(new URL(program, import.meta.url), { serialization: 'json' });
    const side = new Side(child);
    await side.ask({ settings });
    return side;
  }

  /** Lets it do `lots` lots of eight units, 50 lots at once; set-up is outside the round. */
  async round(lots: number): Promise<Round> {
    const answer = await this.ask({ lots });
    if (!('round' in answer)) throw new Error('the side answered something else');
    return answer.round;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    if (this.child.connected) this.child.disconnect();
    await gone;
  }

  private async ask(question: object): Promise<Answer> {
    const answered = once(this.child, 'message');
    const died = once(this.child, 'exit').then(([code]) => {
      throw new Error(`a side of the comparison ended with ${String(code)}`);
    });
    this.child.send(question);
    const [answer] = (await Promise.race([answered, died])) as [Answer];
    died.catch(() => undefined);
    if ('failed' in answer) throw new Error(answer.failed);
    return answer;
  }
}

/** The other end of `Side`: opens on the settings, does rounds as asked, closes when the benchmark lets go. */
export function serveSide<S>(
  open: (settings: S) => Promise<{ round: (lots: number) => Promise<Round>; close: () => Promise<void> }>,
): void {
  let opened: ReturnType<typeof open> | undefined;
  const answer = (value: Answer): void => void process.send?.(value);
  const handle = async (question: { settings?: S; lots?: number }): Promise<Answer> => {
    if (question.settings !== undefined) {
      opened = open(question.settings);
      await opened;
      return { ready: true };
    }
    return { round: await (await opened)!.round(question.lots ?? 0) };
  };
  process.on('message', (question: { settings?: S; lots?: number }) => {
    handle(question).then(answer, (error: Error) => answer({ failed: error.stack ?? error.message }));
  });
  process.on('SIGINT', () => undefined); // the benchmark itself ends its sides
  process.on('disconnect', () => {
    void Promise.resolve(opened)
      .then((side) => side?.close())
      .finally(() => process.exit(0));
  });
}

/** Runs the lots, so many at once, and measures the whole and each unit. */
export async function measured(
  lots: readonly ((unit: <T>(work: () => Promise<T>) => Promise<T>) => Promise<void>)[],
  atOnce: number,
): Promise<Round> {
  const took: number[] = [];
  const unit = async <T>(work: () => Promise<T>): Promise<T> => {
    const begun = performance.now();
    const value = await work();
    took.push(performance.now() - begun);
    return value;
  };
  const left = [...lots];
  const lane = async (): Promise<void> => {
    for (let lot = left.pop(); lot; lot = left.pop()) await lot(unit);
  };
  const cpu = process.cpuUsage();
  const begun = performance.now();
  await Promise.all(Array.from({ length: atOnce }, lane));
  const wallMs = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpu);
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0;
  return { units: took.length, wallMs, cpuMs: (user + system) / 1000, p50Ms: at(0.5), p99Ms: at(0.99) };
}
