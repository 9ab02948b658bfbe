import { canonical } from '../platform/database/sealing.js';

/** What an event or a row says, opened. */
export type Words = Readonly<Record<string, unknown>>;

export const wordsOf = (value: unknown): Words => (typeof value === 'object' && value !== null ? (value as Words) : {});
export const listOf = (value: unknown): readonly Words[] => (Array.isArray(value) ? (value as Words[]) : []);
export const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);
