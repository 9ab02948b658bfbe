import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Caller, Refused } from '../../../src/demo/api-client.js';
import type { Gate } from './gate.js';
import type { Journal, JournalEntry } from './journal.js';

const ANSWER_WITHIN_MS = 15_000;
/** A command that has no answer after so long is reported instead of repeated. */
const PATIENCE_MS = 180_000;

interface Sent {
  readonly status: number;
  readonly body: object;
}

/** Nobody can tell whether it was done: the same key asks again. */
class InDoubt extends Error {}

/** The addresses that answer now; one is picked for each try. */
export type Addresses = () => readonly string[];

/** One person at the public API who repeats a command under its key until there is an answer, at whichever process answers. */
export class PatientCaller implements Caller {
  private token: string | undefined;
  private signing: Promise<string> | undefined;

  constructor(
    readonly username: string,
    private readonly password: string,
    private readonly addresses: Addresses,
    private readonly journal: Journal,
    private readonly gate: Gate,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  async get<T>(path: string): Promise<T> {
    return (await this.gate.through(() => this.patiently('GET', path, undefined, undefined))) as T;
  }

  /** What is there, as it is. */
  async bytes(path: string): Promise<Buffer> {
    return (await this.gate.through(() => this.patiently('GET', path, undefined, undefined))) as Buffer;
  }

  post<T>(path: string, body: object): Promise<T> {
    return this.command('POST', path, body);
  }

  put<T>(path: string, body: object): Promise<T> {
    return this.command('PUT', path, body);
  }

  /** Adds a document, as a form with what is said about it first. */
  upload<T>(path: string, about: object, content: Buffer): Promise<T> {
    const form = new FormData();
    form.append('about', JSON.stringify(about));
    form.append('file', new Blob([new Uint8Array(content)], { type: 'application/octet-stream' }), 'invented.bin');
    return this.command('POST', path, form);
  }

  /** One command three times under one key: twice at once, and late, after what lies between. Each time the answer is the same. */
  async again(path: string, body: object, between: () => Promise<unknown>): Promise<void> {
    const { type } = body as { type?: string };
    const entry = this.journal.begin({ key: randomUUID(), actor: this.username, method: 'POST', path, type });
    const once = () => this.patiently('POST', path, body, entry).catch((error: unknown) => error as Error);
    const answers = await Promise.all([once(), once()]);
    await between();
    answers.push(await once());
    const refused = answers.find((answer) => answer instanceof Error);
    if (refused)
      this.journal.surprise(`${path}: ${entry.type ?? ''} was refused when it came again: ${String(refused)}`);
  }

  private command<T>(method: 'POST' | 'PUT', path: string, body: object): Promise<T> {
    return this.gate.through(async () => {
      const type = (body as { type?: string }).type;
      const entry = this.journal.begin({ key: randomUUID(), actor: this.username, method, path, type });
      return (await this.patiently(method, path, body, entry)) as T;
    });
  }

  private async patiently(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    body: object | undefined,
    entry: JournalEntry | undefined,
  ): Promise<object> {
    const until = Date.now() + this.patienceMs;
    for (let wait = 50; ; wait = Math.min(wait * 2, 2_000)) {
      try {
        const { status, body: answer } = await this.send(method, path, body, entry);
        if (entry) Object.assign(entry, { status, endedAt: Date.now() });
        if (status < 300) return answer;
        throw new Refused(status, answer, `${method} ${path}`);
      } catch (error) {
        if (!(error instanceof InDoubt)) throw error;
        if (Date.now() > until) {
          this.journal.surprise(`${method} ${path} (${entry?.type ?? ''}) had no answer: ${error.message}`);
          throw error;
        }
        await pause(wait);
      }
    }
  }

  private async send(
    method: string,
    path: string,
    body: object | undefined,
    entry: JournalEntry | undefined,
  ): Promise<Sent> {
    const token = await this.signedIn();
    if (entry) entry.sends += 1;
    const answer = await this.once(method, path, body, {
      Authorization: `Bearer ${token}`,
      ...(entry ? { 'Idempotency-Key': entry.key } : {}),
    });
    if (answer.status === 401) {
      this.token = undefined;
      throw new InDoubt('the session has ended');
    }
    return answer;
  }

  private async signedIn(): Promise<string> {
    if (this.token) return this.token;
    this.signing ??= this.signIn().finally(() => (this.signing = undefined));
    return this.signing;
  }

  private async signIn(): Promise<string> {
    const { username, password } = this;
    const { status, body } = await this.once('POST', '/api/tokens', { username, password }, {});
    if (status !== 201) throw new InDoubt(`signing in was answered ${status}`);
    this.token = (body as { token: string }).token;
    return this.token;
  }

  /** What says nothing about the command itself (no connection, 5xx, 429) is thrown as doubt. */
  private async once(method: string, path: string, body: object | undefined, headers: object): Promise<Sent> {
    const addresses = this.addresses();
    const address = addresses[Math.floor(Math.random() * addresses.length)];
    if (!address) throw new InDoubt('no API process runs');
    try {
      const response = await fetch(`${address}${path}`, {
        method,
        // A form says its own type and boundary.
        headers: { ...(body && !(body instanceof FormData) ? { 'Content-Type': 'application/json' } : {}), ...headers },
        ...(body ? { body: body instanceof FormData ? body : JSON.stringify(body) } : {}),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      if (response.ok && !/json/.test(response.headers.get('content-type') ?? 'json'))
        return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
      const text = await response.text();
      if (response.status >= 500)
        this.journal.troubles.push({ status: response.status, what: `${method} ${path}: ${text}` });
      if (response.status >= 500 || response.status === 429) throw new InDoubt(`${response.status} ${text}`);
      return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as object) };
    } catch (error) {
      throw error instanceof InDoubt ? error : new InDoubt((error as Error).message);
    }
  }
}
