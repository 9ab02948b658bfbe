import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface ReceiverWanted {
  readonly dist: string;
  readonly folder: string;
  readonly port: number;
  /** The sender's public key, SPKI DER in base64. */
  readonly sender: string;
  /** The drop folder it works through beside. */
  readonly drop: string;
}

/** The reference receiver in a process of its own: misbehaves when told, and may be killed; what it took stays on its disk. */
export class ReceiverProcess {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly wanted: ReceiverWanted,
    private keys: { readonly receiptPublicKey: string; readonly encryptionPublicKey: string },
  ) {}

  static async start(wanted: ReceiverWanted): Promise<ReceiverProcess> {
    const receiver = new ReceiverProcess(wanted, { receiptPublicKey: '', encryptionPublicKey: '' });
    await receiver.start();
    return receiver;
  }

  get port(): number {
    return this.wanted.port;
  }

  /** SPKI DER in base64: verifies the receipts it signs. */
  get receiptPublicKey(): string {
    return this.keys.receiptPublicKey;
  }

  /** SPKI DER in base64: what it opens is encrypted to it. */
  get encryptionPublicKey(): string {
    return this.keys.encryptionPublicKey;
  }

  /** What arrived, one JSON line each. */
  get log(): string {
    return join(this.wanted.folder, 'receipts.jsonl');
  }

  async start(): Promise<void> {
    if (this.child && this.child.exitCode === null && this.child.signalCode === null) return;
    const { dist, folder, port, sender, drop } = this.wanted;
    const settings = ['--port', String(port), '--data', folder, '--sender', sender, '--drop', drop];
    this.child = spawn(process.execPath, [join(dist, 'receiver', 'main.js'), ...settings], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(this.child.stdout!, 'data')) as [Buffer];
    this.keys = JSON.parse(said.toString()) as ReceiverProcess['keys'];
  }

  /** One of the receiver's own faults by name; `none` ends it. */
  async misbehave(fault: string): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        const answer = await fetch(`http://127.0.0.1:${this.wanted.port}/fault`, { method: 'PUT', body: fault });
        if (!answer.ok) throw new Error(`the receiver does not know the fault ${fault}`);
        return;
      } catch (error) {
        if (tries > 20) throw error;
        await pause(200);
      }
    }
  }

  async kill(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
}
