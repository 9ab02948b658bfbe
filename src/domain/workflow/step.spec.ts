import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { readableChart } from './compile.js';
import { UnknownSnapshotError } from './decide.js';
import { canLead, canTakeOver } from './step.js';

const chart = (id: string, version: number) =>
  readableChart(JSON.parse(readFileSync(`workflows/${id}/v${version}.json`, 'utf8')))!;
const [first, second] = [chart('referral', 1), chart('referral', 2)];
const at = (delivery: string, standing = 'valid') => ({ delivery, standing });

describe('a step of a history', () => {
  it.each([
    ['to where a command can lead', at('due'), 'RECORD_RECEIPT', at('receipted'), true],
    ['by another way of the same command', at('due'), 'RECORD_RECEIPT', at('recalled'), true],
    ['past a state', at('due'), 'RECORD_RECEIPT', at('acknowledged'), false],
    ['by a command that the state does not answer', at('due'), 'ACKNOWLEDGE', at('acknowledged'), false],
    ['by a command that leaves everything as it was', at('due'), 'RECORD_RECEIPT', at('due'), false],
    ['and in another region too', at('due'), 'RECORD_RECEIPT', at('receipted', 'corrected'), false],
    ['by what is no command', at('due'), 'NOTED', at('due'), true],
    ['to another state by what is no command', at('due'), 'NOTED', at('receipted'), false],
    ['from the beginning', undefined, 'CREATE_REFERRAL', at('due'), true],
    ['from a beginning that is none', undefined, 'CREATE_REFERRAL', at('receipted'), false],
  ])('leads %s', (_where, before, type, after, can) => {
    expect(canLead(second, { before, type, after })).toBe(can);
  });

  it.each([
    ['to the state of the same name', at('receipted'), at('receipted'), true],
    ['to the state that the newer chart names', at('acknowledged'), at('answerAwaited'), true],
    ['to any other', at('receipted'), at('closed'), false],
  ])('moves to a newer chart, %s', (_where, before, after, can) => {
    expect(canTakeOver(second, first, { before, after })).toBe(can);
  });

  it('throws at a state that the chart does not have', () => {
    expect(() => canLead(second, { before: at('lost'), type: 'NOTED', after: at('lost') })).toThrow(
      UnknownSnapshotError,
    );
  });
});
