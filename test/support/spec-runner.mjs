import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';

register('./typescript-hooks.mjs', import.meta.url);
process.setSourceMapsEnabled(true);

const require = createRequire(import.meta.url);
const { default: circus } = require('jest-circus/runner');
const mocker = new ModuleMocker(globalThis);

/**
 * Runs a spec file as jest-circus does, with one difference: Node imports it, not jest. What the files of a worker import is
 * then loaded once for all of them instead of once for each, which was most of what a medium or e2e file cost. Files share what
 * modules keep; `process.env` and mocks are put back after each.
 */
export default async function run(globalConfig, config, environment, runtime, path, send) {
  if (globalConfig.watch || globalConfig.watchAll)
    throw new Error(
      'A process loads a module once: a watching run would not see your changes. Run the file again instead.',
    );
  const variables = { ...process.env };
  const { console } = globalThis;
  globalThis.console = environment.global.console;
  Error.prepareStackTrace = undefined; // jest's reads the maps of what jest compiled; Node's knows ours
  runtime.requireInternalModule = anew;
  runtime.setGlobalsForRuntime = (globals) => {
    globalThis[Symbol.for('f1 spec')] = { ...globals, jest: mocksAndTimers(config) };
  };
  runtime.unstable_shouldLoadAsEsm = () => true;
  runtime.unstable_importModule = (file) => import(pathToFileURL(file).href);
  try {
    return await circus(globalConfig, config, environment, runtime, path, send);
  } finally {
    mocker.restoreAllMocks();
    forgetLastRun();
    globalThis.console = console;
    for (const name of Object.keys(process.env)) if (!(name in variables)) delete process.env[name];
    Object.assign(process.env, variables);
  }
}

/** What jest-circus knows of describe blocks and tests belongs to one file. */
function anew(path) {
  forgetLastRun();
  delete require.cache[path];
  return require(path);
}

function forgetLastRun() {
  for (const symbol of Object.getOwnPropertySymbols(globalThis))
    if (['JEST_STATE_SYMBOL', 'EVENT_HANDLERS', TIMEOUT.description].includes(symbol.description))
      delete globalThis[symbol];
}

/** Where jest-circus looks for what `jest.setTimeout` said. */
const TIMEOUT = Symbol.for('TEST_TIMEOUT_SYMBOL');

/** The part of jest's object that needs no modules of its own. */
function mocksAndTimers(config) {
  const timers = new ModernFakeTimers({ config, global: globalThis });
  return {
    setTimeout: (ms) => void (globalThis[TIMEOUT] = ms),
    spyOn: mocker.spyOn.bind(mocker),
    restoreAllMocks: mocker.restoreAllMocks.bind(mocker),
    useFakeTimers: timers.useFakeTimers.bind(timers),
    useRealTimers: timers.useRealTimers.bind(timers),
    advanceTimersByTime: timers.advanceTimersByTime.bind(timers),
    advanceTimersByTimeAsync: timers.advanceTimersByTimeAsync.bind(timers),
  };
}
