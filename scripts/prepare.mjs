/**
 * Makes a clone ready to run: checks Node, installs packages and builds, each only when something changed. It must parse
 * on Node 12, so that an old Node says what it needs instead of failing on syntax, and it writes to standard error only,
 * so that the output of the command after it stays clean.
 */
import { spawn } from 'child_process';
import fs from 'fs';
import path from 'path';
import { fileURLToPath } from 'url';
import { buildIsStale, hashOfSources, isAsset, sourceFiles, stampFile } from './build-stamp.mjs';

const NEEDED = [20, 19];
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const lockFile = path.join(root, '.data', 'prepare.lock');
const startedBy = process.ppid;

const say = (line) => process.stderr.write(line + '\n');

/** An error whose message is the whole story. */
class Refusal extends Error {}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return;
  throw new Refusal(
    `This needs Node ${NEEDED.join('.')} or newer and found ${process.versions.node}; install a newer Node and run the same command again.`,
  );
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** npm writes down what it installed as its last act, so an interrupted installation counts as none. */
function packagesAreMissing() {
  const wanted = readJson(path.join(root, 'package-lock.json'));
  const installed = readJson(path.join(root, 'node_modules', '.package-lock.json'));
  if (!wanted) throw new Refusal('package-lock.json is missing or unreadable; restore it from version control.');
  if (!installed) return true;
  return Object.keys(wanted.packages).some((name) => {
    const want = wanted.packages[name];
    const have = installed.packages[name];
    if (name === '' || want.link) return false;
    return have ? have.version !== want.version : !want.optional && !want.devOptional && !want.peer;
  });
}

/**
 * Runs a program with a line now and then. When we are told to stop, or whoever started us has gone, it ends the program
 * and waits for it: npm tidies up after itself, and must not do so under the next command.
 */
function run(what, file, args) {
  return new Promise((resolve, reject) => {
    const begun = Date.now();
    const child = spawn(file, args, { cwd: root, stdio: ['ignore', 2, 2] });
    let stopping;
    const stop = (exitCode) => {
      if (stopping) return;
      stopping = exitCode;
      child.kill();
      setTimeout(() => child.kill('SIGKILL'), 15000).unref();
    };
    const interrupted = () => stop(130);
    const terminated = () => stop(143);
    process.on('SIGINT', interrupted).on('SIGTERM', terminated);
    const beat = setInterval(() => say(`  still ${what} (${Math.round((Date.now() - begun) / 1000)} s)`), 10000);
    const watch = setInterval(() => process.ppid !== startedBy && terminated(), 500);
    const done = () => {
      clearInterval(beat);
      clearInterval(watch);
      process.removeListener('SIGINT', interrupted).removeListener('SIGTERM', terminated);
    };
    child.once('error', (error) => {
      done();
      reject(new Refusal(`${file} could not be started: ${error.message}.`));
    });
    child.once('exit', (code) => {
      done();
      if (stopping) {
        unlock();
        process.exit(stopping);
      }
      resolve(code);
    });
  });
}

async function install() {
  say('Installing packages (a minute or two the first time)');
  const cli = process.env.npm_execpath;
  const npm = cli && cli.endsWith('npm-cli.js') ? [process.execPath, cli] : ['npm'];
  const options = [
    'ci',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--no-progress',
    '--loglevel=error',
  ];
  const code = await run('installing', npm[0], npm.slice(1).concat(options));
  if (code !== 0) {
    throw new Refusal(
      'The packages could not be installed; npm says why above. Cure that (often the network) and run the same command again.',
    );
  }
}

/** A file that no source makes any more must not be loaded. */
function removeOrphans(folder, sources) {
  if (!fs.existsSync(folder)) return;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    const source = path.join(sources, entry.name.replace(/\.js(\.map)?$/, '.ts'));
    if (entry.isDirectory()) removeOrphans(file, path.join(sources, entry.name));
    else if (/\.js(\.map)?$/.test(entry.name) && !fs.existsSync(source)) fs.unlinkSync(file);
  }
}

/** What the sources read beside themselves; the compiler leaves it behind. */
function copyAssets() {
  const sources = path.join(root, 'src');
  for (const file of sourceFiles(sources).filter(isAsset)) {
    const copy = path.join(root, 'dist', path.relative(sources, file));
    fs.mkdirSync(path.dirname(copy), { recursive: true });
    fs.copyFileSync(file, copy);
  }
}

async function build() {
  say('Building');
  const hash = hashOfSources();
  removeOrphans(path.join(root, 'dist'), path.join(root, 'src'));
  const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const code = await run('building', process.execPath, [compiler, '-p', 'tsconfig.build.json']);
  if (code !== 0) throw new Refusal('The build failed; the compiler says why above.');
  copyAssets();
  fs.writeFileSync(stampFile, hash);
}

/** Two commands started at once in a fresh clone must not install over each other. */
async function lock() {
  fs.mkdirSync(path.dirname(lockFile), { recursive: true, mode: 0o700 });
  for (let waiting = false; ; waiting = true) {
    try {
      fs.writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!holderIsAlive()) fs.unlinkSync(lockFile);
    else {
      if (!waiting) say('Another command is preparing this folder; waiting for it');
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

function holderIsAlive() {
  try {
    const pid = Number(fs.readFileSync(lockFile, 'utf8'));
    const justMade = Date.now() - fs.statSync(lockFile).mtimeMs < 2000;
    if (!pid) return justMade;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM' || error.code === 'ENOENT';
  }
}

function unlock() {
  fs.unlinkSync(lockFile);
}

async function prepare() {
  checkNode();
  if (!packagesAreMissing() && !buildIsStale()) return;
  await lock();
  try {
    if (packagesAreMissing()) await install();
    if (buildIsStale()) await build();
  } finally {
    unlock();
  }
}

process.stderr.on('error', () => undefined); // the terminal may be gone before we are

prepare().catch((error) => {
  const readOnly = ['EACCES', 'EPERM', 'EROFS'].indexOf(error.code) >= 0;
  if (readOnly)
    say(`This account cannot write in ${root} (${error.message}); run the command as the owner of that folder.`);
  else say(error instanceof Refusal ? error.message : error.stack);
  process.exit(1);
});
