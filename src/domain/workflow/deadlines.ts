import type { Leaf, Model, Transition } from './model.js';

interface Fault {
  readonly pointer: string;
  readonly message: string;
}

/** What a transition does wrong about the deadlines of the states it leaves and enters. */
export function deadlineProblems(before: Leaf, after: Leaf, transition: Transition): Fault[] {
  const { pointer, effects } = transition;
  const started = effects.filter(({ type }) => type === 'startDeadline').map(({ params }) => params['kind']);
  const stopped = effects.flatMap(({ type, params }) => {
    if (type === 'meetDeadline') return [params['kind']];
    return type === 'endDeadlines' ? (params['kinds'] as unknown[]) : [];
  });
  const faults: Fault[] = [];
  for (const kind of after.deadlines) {
    if (!before.deadlines.has(kind) && !started.includes(kind)) {
      faults.push({ pointer, message: `“${after.name}” waits for the deadline ${kind}, but nothing starts it here.` });
    }
  }
  for (const kind of before.deadlines) {
    if (!after.deadlines.has(kind) && !stopped.includes(kind)) {
      faults.push({ pointer, message: `The deadline ${kind} of “${before.name}” is neither met nor ended here.` });
    }
  }
  for (const kind of started) {
    if (![...after.deadlines].some((waited) => waited === kind)) {
      faults.push({
        pointer,
        message: `The deadline ${String(kind)} is started here, but “${after.name}” does not wait for it.`,
      });
    }
  }
  return faults;
}

/** A kind of deadline belongs to one region, or one region would stop the clock of another. */
export function sharedDeadlines(model: Model): Fault[] {
  const owner = new Map<string, string>();
  const faults: Fault[] = [];
  for (const region of model.regions) {
    for (const leaf of region.leaves.values()) {
      for (const kind of leaf.deadlines) {
        const other = owner.get(kind) ?? region.name;
        owner.set(kind, other);
        if (other !== region.name) {
          faults.push({
            pointer: leaf.pointer,
            message: `The deadline ${kind} already belongs to the region “${other}”.`,
          });
        }
      }
    }
  }
  return faults;
}
