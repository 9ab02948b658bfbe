import { evaluate, namedGuards } from './guard.js';
import type { Leaf, Model, Transition } from './model.js';
import type { Regions, Vocabulary } from './vocabulary/vocabulary.js';

/** One leaf per region, in the order of the model's regions. */
export type Configuration = readonly Leaf[];

/** What one command does in one configuration under some assignments of the guards. */
export interface Outcome {
  readonly command: string;
  /** The transition each moving region takes. */
  readonly taken: readonly Transition[];
  /** Of the guards the proof watches, those that hold in every such assignment. */
  readonly holding: ReadonlySet<string>;
  readonly after: Configuration;
}

/** The transitions a command meets in each region, only where a region answers it. */
export function answersTo(configuration: Configuration, command: string): (readonly Transition[])[] {
  return configuration.flatMap((leaf) => {
    const transitions = leaf.transitions.get(command);
    return transitions ? [transitions] : [];
  });
}

/** The state of each region by name, the way state guards see it. */
export function regionsAt(configuration: Configuration): Regions {
  return Object.fromEntries(configuration.map((leaf) => [leaf.region, leaf.name]));
}

export function initialConfiguration(model: Model): Configuration {
  return model.regions.map((region) => leafIn(region.leaves, region.initial));
}

/** The configuration after the given transitions; regions without one stay. */
export function moved(model: Model, configuration: Configuration, taken: readonly Transition[]): Configuration {
  return configuration.map((leaf, index) => {
    const target = taken.find((transition) => transition.region === leaf.region)?.target;
    const region = model.regions[index];
    return target && region ? leafIn(region.leaves, target) : leaf;
  });
}

function leafIn(leaves: ReadonlyMap<string, Leaf>, name: string): Leaf {
  const leaf = leaves.get(name);
  if (!leaf) throw new Error(`no state ${name}`);
  return leaf;
}

/** Who owns a command: the region that must accept it (the only one in a chart without regions). */
export type OwnerOf = (command: string) => string;

/** Lists what every command can do anywhere, over every assignment of the guards it meets. */
export class Explorer {
  private readonly known = new Map<string, readonly { taken: readonly Transition[]; holding: ReadonlySet<string> }[]>();

  constructor(
    private readonly model: Model,
    private readonly vocabulary: Vocabulary<never>,
    private readonly ownerOf: OwnerOf,
    private readonly watched: readonly string[],
  ) {}

  outcomes(configuration: Configuration): Outcome[] {
    const commands = new Set(configuration.flatMap((leaf) => [...leaf.transitions.keys()]));
    return [...commands].flatMap((command) => {
      const owned = configuration.some(
        (leaf) => leaf.region === this.ownerOf(command) && leaf.transitions.has(command),
      );
      if (!owned) return [];
      return this.choices(configuration, command).map((choice) => ({
        command,
        ...choice,
        after: moved(this.model, configuration, choice.taken),
      }));
    });
  }

  /** The guards a command meets in a configuration, those about states left out: their truth is known there. */
  freeGuards(configuration: Configuration, command: string): string[] {
    const named = answersTo(configuration, command)
      .flat()
      .flatMap((transition) => namedGuards(transition.guard).map((guard) => guard.name));
    return [...new Set(named)].filter((name) => !(name in this.vocabulary.stateGuards));
  }

  private choices(configuration: Configuration, command: string) {
    const answers = answersTo(configuration, command);
    const regions = regionsAt(configuration);
    const state = Object.entries(this.vocabulary.stateGuards).map(
      ([name, guard]) => [name, guard.test(regions)] as const,
    );
    const key = JSON.stringify([command, answers.flat().map((transition) => transition.pointer), state]);
    const found = this.known.get(key) ?? this.enumerate(configuration, command, new Map(state));
    this.known.set(key, found);
    return found;
  }

  private enumerate(configuration: Configuration, command: string, state: ReadonlyMap<string, boolean>) {
    const answers = answersTo(configuration, command);
    const free = this.freeGuards(configuration, command);
    const choices = new Map<string, { taken: readonly Transition[]; holding: Set<string> }>();
    for (let bits = 0; bits < 2 ** free.length; bits++) {
      const truthOf = (name: string): boolean => state.get(name) ?? (bits & (1 << free.indexOf(name))) !== 0;
      const taken = chosen(answers, truthOf);
      if (!taken) continue;
      const key = taken.map((transition) => transition.pointer).join(' ');
      const holding = this.watched.filter((name) => (state.has(name) || free.includes(name)) && truthOf(name));
      const earlier = choices.get(key);
      // A guard is implied only if it holds in every assignment that takes these transitions.
      if (earlier) earlier.holding = new Set(holding.filter((name) => earlier.holding.has(name)));
      else choices.set(key, { taken, holding: new Set(holding) });
    }
    return [...choices.values()];
  }
}

/** The transition each answering region takes, or null when one of them refuses: all move, or none. */
export function chosen(
  answers: readonly (readonly Transition[])[],
  truthOf: (guard: string) => boolean,
): readonly Transition[] | null {
  const taken: Transition[] = [];
  for (const transitions of answers) {
    const first = transitions.find((transition) => evaluate(transition.guard, truthOf) === true);
    if (!first) return null;
    taken.push(first);
  }
  return taken;
}
