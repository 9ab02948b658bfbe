/** What `@jest/globals` means in specs and in what they import: always those of the file that runs, since this is loaded once. */
const now = (find) =>
  new Proxy(() => undefined, {
    apply: (_, __, given) => find()(...given),
    get: (_, key) => (typeof find()[key] === 'function' ? now(() => find()[key]) : find()[key]),
  });
const ofTheFile = (name) => now(() => globalThis[Symbol.for('f1 spec')][name]);

export const [afterAll, afterEach, beforeAll, beforeEach] = ['afterAll', 'afterEach', 'beforeAll', 'beforeEach'].map(
  ofTheFile,
);
export const [describe, expect, it, jest, test] = ['describe', 'expect', 'it', 'jest', 'test'].map(ofTheFile);
