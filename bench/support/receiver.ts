import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface BenchReceiver {
  readonly pid: number;
  readonly endpoint: string;
  /** SPKI DER in base64. */
  readonly receiptPublicKey: string;
  readonly encryptionPublicKey: string;
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The reference receiver in a process of its own. `sender`: public key, SPKI DER in base64. */
export async function benchReceiver(folder: string, sender: string): Promise<BenchReceiver> {
  const loader = join(root, 'test', 'support', 'typescript.mjs');
  const program = join(root, 'src', 'receiver', 'main.ts');
  const settings = ['--port', '0', '--data', folder, '--sender', sender];
  const child = spawn(process.execPath, ['--import', loader, program, ...settings], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const { listening, ...keys } = JSON.parse(said.toString()) as Omit<BenchReceiver, 'endpoint'> & { listening: string };
  return {
    ...keys,
    pid: child.pid!,
    endpoint: listening,
    async stop() {
      const gone = once(child, 'exit');
      child.kill();
      await gone;
    },
  };
}
