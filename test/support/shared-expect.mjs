/** What `@jest/globals` means outside a spec: a module is loaded once, so only a spec can add tests and hooks to its own run. */
export { jestExpect as expect } from '@jest/expect';
