import { REFERENCE_TYPES } from '../format.js';
import type { Plan } from '../plan.js';
import type { ReferenceItem } from '../reference.js';
import type { Change } from './change.js';
import { changedProperties, propertyInWords } from './properties.js';

/** Places, units, ranks, organisations and events that came, went or are described otherwise. */
export function referenceChanges({ reference: before }: Plan, { reference: after }: Plan): Change[] {
  const removed = Object.values(before).flatMap((entry): Change[] =>
    after[entry.id]?.type === entry.type
      ? []
      : [
          {
            kind: 'removed',
            subject: 'reference',
            id: entry.id,
            breaking: answerable(entry),
            sentence: `The ${entry.type} "${entry.entry.name}" is gone.${answerable(entry) ? ' Answers that name it no longer fit.' : ''}`,
          },
        ],
  );
  const others = Object.values(after).flatMap((entry): Change[] => {
    const earlier = before[entry.id];
    const about = { subject: 'reference' as const, id: entry.id, breaking: false };
    const name = `${entry.type} "${entry.entry.name}"`;
    if (earlier?.type !== entry.type) return [{ kind: 'added', ...about, sentence: `The ${name} is new.` }];
    return changedProperties({ ...earlier.entry }, { ...entry.entry }, ['id']).map((property) => ({
      kind: 'propertyChanged',
      ...about,
      sentence: `The ${name}: ${propertyInWords(property)}.`,
      property,
    }));
  });
  return [...removed, ...others];
}

const answerable = ({ type }: ReferenceItem): boolean => (REFERENCE_TYPES as readonly string[]).includes(type);
