import { describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig } from './config.js';

const KEY = Buffer.alloc(32, 1).toString('base64');
const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://f1@db.example.org/f1',
  F1_COUNTRY: 'BE',
  F1_MASTER_KEY: KEY,
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
