/** What `@jest/globals` means in specs and in what they import: always those of the file that runs, since this is loaded once. */
const ofTheFile = (name) =>
  new Proxy(() => undefined, {
    apply: (_, __, given) => globalThis[Symbol.for('f1 spec')][name](...given),
    get: (_, key) => globalThis[Symbol.for('f1 spec')][name][key],
  });

export const [afterAll, afterEach, beforeAll, beforeEach] = ['afterAll', 'afterEach', 'beforeAll', 'beforeEach'].map(
  ofTheFile,
);
export const [describe, expect, it, jest, test] = ['describe', 'expect', 'it', 'jest', 'test'].map(ofTheFile);
