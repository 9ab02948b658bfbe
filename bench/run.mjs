/** `node bench/run.mjs commands --json`: installs what the benchmarks need beside the product, then runs one from its source. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const [name, ...args] = process.argv.slice(2);

function installed() {
  const packages = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined);
  const wanted = packages(join(folder, 'package-lock.json'));
  const have = packages(join(folder, 'node_modules', '.package-lock.json'));
  return Object.entries(wanted).every(([path, { version }]) => path === '' || have?.[path]?.version === version);
}

if (!existsSync(join(folder, `${name}.ts`))) {
  process.stderr.write('Say which benchmark: commands, floor, http, referrals, questionnaire or pdf.\n');
  process.exit(2);
}
if (!installed()) {
  process.stderr.write('Installing the packages of the benchmarks\n');
  const options = ['ci', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
  const { status } = spawnSync('npm', options, { cwd: folder, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(1);
}
const loader = join(folder, '..', 'test', 'support', 'typescript.mjs');
const child = spawn(
  process.execPath,
  ['--disable-warning=ExperimentalWarning', '--import', loader, join(folder, `${name}.ts`), ...args],
  { stdio: 'inherit' },
);
// A terminal's Ctrl-C reaches the benchmark by itself; it tidies up and ends, and so do we.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.once('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
