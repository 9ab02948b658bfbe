/** What `@jest/globals` means in a spec: every spec gets a module of its own, made when it is loaded. */
export const { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest, test } =
  globalThis[Symbol.for('f1 spec')];
