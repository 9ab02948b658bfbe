import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A clone in small: our script, one source, and an npm that only writes down what the real one would have installed. */
let clone: string;

const NPM = `
const { appendFileSync, cpSync, existsSync, mkdirSync } = require('node:fs');
appendFileSync('npm-calls', process.argv.slice(2, 3) + '\\n');
setTimeout(() => {
  if (existsSync('npm-is-broken')) process.exit(1);
  mkdirSync('node_modules/typescript/bin', { recursive: true });
  cpSync('compiler.js', 'node_modules/typescript/bin/tsc');
  cpSync('package-lock.json', 'node_modules/.package-lock.json');
}, 300);
`;
const COMPILER = `
const { appendFileSync, cpSync, existsSync, mkdirSync } = require('node:fs');
appendFileSync('builds', 'built\\n');
mkdirSync('dist', { recursive: true });
for (const name of ['main', 'other']) if (existsSync('src/' + name + '.ts')) cpSync('src/' + name + '.ts', 'dist/' + name + '.js');
process.exit(existsSync('src/wrong.ts') ? 2 : 0);
`;

beforeEach(async () => {
  clone = await mkdtemp(join(tmpdir(), 'f1-prepare-'));
  await mkdir(join(clone, 'scripts'));
  await mkdir(join(clone, 'src'));
  for (const name of ['prepare.mjs', 'build-stamp.mjs']) await cp(join('scripts', name), join(clone, 'scripts', name));
  await write('npm-cli.js', NPM);
  await write('compiler.js', COMPILER);
  await write('src/main.ts', 'console.log(1);');
  await write('tsconfig.json', '{}');
  await write('tsconfig.build.json', '{}');
  await write('package-lock.json', lockFile('1.0.0'));
});

afterEach(async () => rm(clone, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFile(join(clone, name), text);
const lockFile = (version: string) => JSON.stringify({ packages: { '': {}, 'node_modules/thing': { version } } });

async function linesOf(name: string): Promise<number> {
  const text = await readFile(join(clone, name), 'utf8').catch(() => '');
  return text.split('\n').length - 1;
}

async function work(): Promise<{ installs: number; builds: number }> {
  return { installs: await linesOf('npm-calls'), builds: await linesOf('builds') };
}

async function prepare(nodeArguments: string[] = []): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [...nodeArguments, join(clone, 'scripts', 'prepare.mjs')], {
    env: { ...process.env, NODE_OPTIONS: '', npm_execpath: join(clone, 'npm-cli.js') },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

describe('preparing a clone', () => {
  it('installs and builds once, then does nothing and says nothing', async () => {
    expect((await prepare()).code).toBe(0);
    expect(await work()).toEqual({ installs: 1, builds: 1 });
    expect(await prepare()).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await work()).toEqual({ installs: 1, builds: 1 });
  });

  it('puts templates beside what reads them, anew when they change', async () => {
    for (const text of ['= One', '= Two']) {
      await write('src/page.typ', text);
      await prepare();
      expect(await readFile(join(clone, 'dist', 'page.typ'), 'utf8')).toBe(text);
    }
  });

  it('keeps standard output for the command that follows', async () => {
    expect((await prepare()).stdout).toBe('');
  });

  it('builds again when a source changed, even to an older time, and drops what no source makes any more', async () => {
    await write('src/other.ts', 'export {};');
    await prepare();
    await rm(join(clone, 'src', 'other.ts'));
    await prepare();
    expect(await work()).toEqual({ installs: 1, builds: 2 });
    await expect(stat(join(clone, 'dist', 'other.js'))).rejects.toThrow(/ENOENT/);
    expect((await stat(join(clone, 'dist', 'main.js'))).isFile()).toBe(true);
  });

  it('installs again when the lock file names another version', async () => {
    await prepare();
    await write('package-lock.json', lockFile('1.0.1'));
    await prepare();
    expect(await work()).toEqual({ installs: 2, builds: 2 });
  });

  it('installs once when two commands begin at once', async () => {
    const results = await Promise.all([prepare(), prepare()]);
    expect(results.map((result) => result.code)).toEqual([0, 0]);
    expect(await work()).toEqual({ installs: 1, builds: 1 });
  });

  it('goes on after a preparation that was killed', async () => {
    const killed = spawn(process.execPath, ['-e', '']);
    await once(killed, 'close');
    await mkdir(join(clone, '.data'));
    await write('.data/prepare.lock', String(killed.pid));
    expect((await prepare()).code).toBe(0);
    expect(await work()).toEqual({ installs: 1, builds: 1 });
  });

  it('says in a sentence that npm failed, and tries again the next time', async () => {
    await write('npm-is-broken', '');
    const failed = await prepare();
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/packages could not be installed; npm says why above/);
    await rm(join(clone, 'npm-is-broken'));
    expect((await prepare()).code).toBe(0);
  });

  it('does not take a failed build for a build', async () => {
    await write('src/wrong.ts', '');
    expect(await prepare()).toMatchObject({ code: 1, stderr: expect.stringMatching(/The build failed/) });
    expect((await prepare()).code).toBe(1);
    expect((await work()).builds).toBe(2);
  });

  it('asks for a newer Node in one sentence and touches nothing', async () => {
    const old = `data:text/javascript,Object.defineProperty(process.versions,"node",{value:"20.18.3"})`;
    const refused = await prepare(['--import', old]);
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^This needs Node 20\.19 .*20\.18\.3.*\n$/),
    });
    expect(await work()).toEqual({ installs: 0, builds: 0 });
  });
});
