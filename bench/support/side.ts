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

/** Of a whole process, in megabytes. */
export interface Memory {
  readonly rssMb: number;
  /** What its JavaScript holds, with what is not collected yet. */
  readonly heapMb: number;
}

type Answer = { ready: true } | { round: Round } | { memory: Memory } | { failed: string };

/** One of the two being compared, in a process of its own, so that its processor time is its own and so is its heap. */
export class Side {
  private constructor(private readonly child: ChildProcess) {}

  get pid(): number {
    return this.child.pid ?? 0;
  }

  static async start(program: string, settings: object): Promise<Side> {
    const child = fork(new URL(program, import.meta.url), { serialization: 'json' });
    const side = new Side(child);
    await side.ask({ settings });
    return side;
  }

  /** Sets up for so many lots; none of it is measured. */
  async prepare(lots: number): Promise<void> {
    await this.ask({ prepare: lots });
  }

  /** Lets it do what it prepared, so many lots at once, and measures. */
  async round(): Promise<Round> {
    const answer = await this.ask({ go: true });
    if (!('round' in answer)) throw new Error('the side answered something else');
    return answer.round;
  }

  async memory(): Promise<Memory> {
    const answer = await this.ask({ memory: true });
    if (!('memory' in answer)) throw new Error('the side answered something else');
    return answer.memory;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    if (this.child.connected) this.child.disconnect();
    await gone;
  }

  private async ask(question: object): Promise<Answer> {
    const over = new AbortController();
    const answered = once(this.child, 'message', { signal: over.signal });
    const died = once(this.child, 'exit', { signal: over.signal }).then(([code]) => {
      throw new Error(`a side of the comparison ended with ${String(code)}`);
    });
    this.child.send(question);
    const [answer] = (await Promise.race([answered, died]).finally(() => {
      answered.catch(() => undefined);
      died.catch(() => undefined);
      over.abort();
    })) as [Answer];
    if ('failed' in answer) throw new Error(answer.failed);
    return answer;
  }
}

export interface OpenedSide {
  /** Sets up for so many lots and returns them. */
  prepare(lots: number): Promise<Lot[]>;
  close(): Promise<unknown>;
}

/** One case or workflow: calls `unit` around each thing that counts. */
export type Lot = (unit: <T>(work: () => Promise<T>) => Promise<T>) => Promise<unknown>;

interface Question<S> {
  readonly settings?: S;
  readonly prepare?: number;
  readonly memory?: true;
}

/** The other end of `Side`: opens on the settings, prepares and runs as asked, closes when the benchmark lets go. */
export function serveSide<S extends { atOnce: number }>(open: (settings: S) => Promise<OpenedSide>): void {
  let opened: Promise<OpenedSide> | undefined;
  let lots: Lot[] = [];
  let atOnce = 1;
  const answer = (value: Answer): void => void process.send?.(value);
  const handle = async ({ settings, prepare, memory }: Question<S>): Promise<Answer> => {
    if (memory) return { memory: memoryOfProcess() };
    if (settings !== undefined) {
      atOnce = settings.atOnce;
      opened = open(settings);
      await opened;
      return { ready: true };
    }
    if (prepare === undefined) return { round: await measured(lots, atOnce) };
    lots = (await (await opened)?.prepare(prepare)) ?? [];
    return { ready: true };
  };
  process.on('message', (question: Question<S>) => {
    handle(question).then(answer, (error: Error) => answer({ failed: error.stack ?? error.message }));
  });
  process.on('SIGINT', () => undefined); // the benchmark itself ends its sides
  process.on('disconnect', () => {
    void Promise.resolve(opened)
      .then((side) => side?.close())
      .finally(() => process.exit(0));
  });
}

function memoryOfProcess(): Memory {
  const { rss, heapUsed } = process.memoryUsage();
  return { rssMb: rss / 1024 ** 2, heapMb: heapUsed / 1024 ** 2 };
}

/** Runs the lots, so many at once, and measures the whole and each unit. */
export async function measured(lots: readonly Lot[], atOnce: number): Promise<Round> {
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
