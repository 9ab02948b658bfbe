import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Runs the lines of `docs/guides/proof.md` that have these words, as its reader would, in the folder; `id` stands where they have `<id>`. Returns what they print. */
export function asTheGuideSays(folder: string, words: string, id = ''): string {
  const guide = readFileSync('docs/guides/proof.md', 'utf8');
  const scripts = [...guide.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, script]) => script!);
  const script = scripts.find((one) => one.includes(words));
  if (script === undefined) throw new Error(`The guide has no lines with ${words}.`);
  return execFileSync('bash', ['-euo', 'pipefail', '-c', script.replaceAll('<id>', id)], {
    cwd: folder,
    encoding: 'utf8',
  });
}
