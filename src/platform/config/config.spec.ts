import { describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig } from './config.js';

const KEY = Buffer.alloc(32, 1).toString('base64');
const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://f1@db.example.org/f1',
  F1_COUNTRY: 'BE',
  F1_MASTER_KEY_COMMAND: 'ask-the-key-service',
  F1_INDEX_KEY: KEY,
  F1_ORIGIN: 'https://f1.example.org',
};
const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
};

describe('the role of a process', () => {
  it.each([
    ['all', { api: true, worker: true, portal: false, people: true }],
    ['api', { api: true, worker: false, portal: false, people: true }],
    ['worker', { api: false, worker: true, portal: false, people: false }],
    ['portal', { api: false, worker: false, portal: true, people: true }],
  ])('%s runs what it says', (ROLE, expected) => {
    const { runsApi: api, runsWorker: worker, runsPortal: portal, answersPeople: people } = readConfig({ ROLE });
    expect({ api, worker, portal, people }).toEqual(expected);
  });

  it('is one of those, and says so', () => {
    expect(problemsOf({ ROLE: 'prosecutor' })).toEqual([expect.stringContaining('all, api, worker, portal')]);
  });

  it('asks for a signing key in production, but not of a portal', () => {
    expect(problemsOf({ ...PRODUCTION, ROLE: 'portal' })).toEqual([]);
    expect(problemsOf({ ...PRODUCTION, ROLE: 'api' })).toEqual([
      'F1_SIGNING_KEY is required when NODE_ENV is production',
    ]);
  });

  it('asks a portal for the origin that browsers name, and no worker', () => {
    const { F1_ORIGIN: _without, ...env } = PRODUCTION;
    expect(problemsOf({ ...env, ROLE: 'portal' })).toEqual([expect.stringContaining('F1_ORIGIN')]);
    expect(problemsOf({ ...env, ROLE: 'worker' })).toEqual([expect.stringContaining('F1_SIGNING_KEY')]);
  });

  it.each([
    ['api', 'api', false],
    ['api', 'portal', true],
    ['all', 'portal', true],
    ['portal', 'portal', false],
    ['portal', 'api', false],
  ])('%s, where prosecutors sign in at: %s, turns them away: %s', (ROLE, F1_PROSECUTORS_AT, expected) => {
    expect(readConfig({ ROLE, F1_PROSECUTORS_AT }).turnsProsecutorsAway).toBe(expected);
  });
});

describe('the master key', () => {
  const { F1_MASTER_KEY_COMMAND: command, ...without } = { ...PRODUCTION, ROLE: 'portal' };
  const module = { F1_PKCS11_MODULE: '/opt/module.so', F1_PKCS11_TOKEN: 'f1', F1_PKCS11_PIN_FILE: '/run/pin' };

  it('comes in production from a hardware module or a key service', () => {
    expect(problemsOf(without)).toEqual([
      'F1_PKCS11_KEY or F1_MASTER_KEY_COMMAND is required when NODE_ENV is production',
    ]);
    expect(problemsOf({ ...without, F1_MASTER_KEY_COMMAND: command })).toEqual([]);
    expect(problemsOf({ ...without, ...module, F1_PKCS11_KEY: 'f1-2026' })).toEqual([]);
  });

  it('is refused in the environment of production, unless somebody says that it is accepted, and then each start warns', () => {
    const env = { ...without, F1_MASTER_KEY: KEY };
    expect(problemsOf(env)).toEqual([expect.stringMatching(/^F1_MASTER_KEY is refused .*F1_PKCS11_KEY/)]);
    expect(problemsOf({ ...env, F1_MASTER_KEY_IN_ENVIRONMENT: 'yes' })).toHaveLength(2);
    expect(problemsOf({ ...env, F1_MASTER_KEY_IN_ENVIRONMENT: 'accepted' })).toEqual([]);
    const accepted = readConfig({ ...env, F1_MASTER_KEY_IN_ENVIRONMENT: 'accepted' });
    expect(accepted.warnings).toEqual([expect.stringContaining('F1_MASTER_KEY')]);
    expect(readConfig({ F1_MASTER_KEY: KEY }).warnings).toEqual([]);
  });

  it('may be opened with former ones in production, and a warning says for how long', () => {
    const { warnings } = readConfig({ ...without, F1_MASTER_KEY_COMMAND: command, F1_OTHER_MASTER_KEYS: KEY });
    expect(warnings).toEqual([expect.stringContaining('take it away')]);
  });

  it.each([
    ['F1_MASTER_KEY_COMMAND and F1_MASTER_KEY', { F1_MASTER_KEY: KEY, F1_MASTER_KEY_COMMAND: command }],
    ['F1_PKCS11_KEY and F1_MASTER_KEY_COMMAND', { ...module, F1_PKCS11_KEY: 'f1', F1_MASTER_KEY_COMMAND: command }],
    ['F1_PKCS11_KEY and F1_MASTER_KEY', { ...module, F1_PKCS11_KEY: 'f1', F1_MASTER_KEY: KEY }],
  ])('has one place: %s exclude each other', (names, env) => {
    expect(problemsOf(env)).toEqual([`${names} exclude each other: set one`]);
  });

  it('may lie elsewhere than in the module that is named, whose keys then only open', () => {
    expect(problemsOf({ ...module, F1_MASTER_KEY: KEY })).toEqual([]);
  });

  it.each([
    ['no token', { F1_PKCS11_MODULE: module.F1_PKCS11_MODULE, F1_PKCS11_PIN_FILE: '/run/pin' }],
    ['a key and no module', { F1_PKCS11_KEY: 'f1' }],
  ])('is not looked for in a module with %s', (_, env) => {
    expect(problemsOf(env)).toEqual([expect.stringContaining('F1_PKCS11_PIN_FILE belong together')]);
  });
});
