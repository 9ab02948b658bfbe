import type { Code } from '../format.js';
import type { QuestionNode } from '../plan.js';
import { placeOf, type Change, type Wording } from './change.js';
import { changedProperties } from './properties.js';
import { rewordings } from './wordings.js';

/** Codes of a question that came, went, or now mean something else beside their words. */
export function listChange(before: QuestionNode, after: QuestionNode): Change[] {
  const [was, is] = [byCode(before.codes), byCode(after.codes)];
  const added = [...is.keys()].filter((code) => !was.has(code));
  const removed = [...was.keys()].filter((code) => !is.has(code));
  const differing = [...is].flatMap(([code, now]) => {
    const then = was.get(code);
    return then ? [{ code, properties: changedProperties({ ...then }, { ...now }, ['code', 'text']) }] : [];
  });
  const changed = differing.filter(({ properties }) => properties.length > 0);
  if (added.length + removed.length + changed.length === 0) return [];
  const parts = [
    added.length > 0 && `new: ${added.join(', ')}`,
    removed.length > 0 && `gone: ${removed.join(', ')}`,
    changed.length > 0 && `changed: ${changed.map(({ code }) => code).join(', ')}`,
  ].filter((part) => part !== false);
  const standsAlone = changed.some(({ properties }) =>
    properties.some(({ name, after: now }) => name === 'exclusive' && now === true),
  );
  return [
    {
      kind: 'listChanged',
      subject: 'question',
      id: after.id,
      breaking: removed.length > 0 || standsAlone,
      sentence: `The codes of question "${after.id}" changed (${parts.join('; ')}).${removed.length > 0 ? ' Answers with a code that is gone no longer fit.' : ''}`,
      before: placeOf(before),
      after: placeOf(after),
      codes: { added, removed, changed: changed.map(({ code }) => code) },
    },
  ];
}

/** Codes that read differently. */
export const reworded = (before: QuestionNode, after: QuestionNode): Wording[] => {
  const was = byCode(before.codes);
  return after.codes.flatMap(({ code, text }) => {
    const then = was.get(code);
    return then ? rewordings({ [`codes/${code}`]: then.text }, { [`codes/${code}`]: text }) : [];
  });
};

const byCode = (codes: readonly Code[]): Map<string, Code> => new Map(codes.map((one) => [one.code, one]));
