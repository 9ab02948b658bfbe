import { evaluate, namedGuards } from './guard.js';
import type { Leaf, Model, Transition } from './model.js';
import type { Effect, Regions, Vocabulary } from './vocabulary/vocabulary.js';

/** One leaf per region, in the order of the model's regions. */
export type Configuration = readonly Leaf[];

/** What one command does in one configuration under some assignments of the guards. */
export interface Outcome {
  readonly command: string;
  /** The transition each moving region takes. */
  readonly taken: readonly Transition[];
  /** All that they do. */
  readonly effects: readonly Effect[];
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

/** Everything possible in one configuration. */
export interface Possible {
  readonly outcomes: readonly Outcome[];
  /** The first transition of each command that meets too many guards to try every assignment. */
  readonly overloaded: readonly Transition[];
}

type Choice = Pick<Outcome, 'taken' | 'effects' | 'holding'>;

/** Lists what every command can do anywhere, over every assignment of the guards it meets. */
export class Explorer {
  /** The one object of each configuration, by the names of its states. */
  private readonly configurations = new Map<string, Configuration>();
  private readonly possible = new Map<Configuration, Possible>();
  /** Null: too many guards to try. */
  private readonly choices = new Map<string, readonly Choice[] | null>();

  constructor(
    private readonly model: Model,
    private readonly vocabulary: Vocabulary<never>,
    private readonly ownerOf: OwnerOf,
    private readonly watched: readonly string[],
    private readonly mostGuards: number,
  ) {}

  get start(): Configuration {
    return this.one(initialConfiguration(this.model));
  }

  /** What commands can do in a configuration that came from here: `start`, or `after` of an outcome. */
  possibleIn(configuration: Configuration): Possible {
    const possible = this.possible.get(configuration) ?? this.explore(configuration);
    this.possible.set(configuration, possible);
    return possible;
  }

  private one(configuration: Configuration): Configuration {
    const key = configuration.map((leaf) => leaf.name).join(' ');
    const known = this.configurations.get(key);
    if (!known) this.configurations.set(key, configuration);
    return known ?? configuration;
  }

  private explore(configuration: Configuration): Possible {
    const regions = regionsAt(configuration);
    const states = Object.entries(this.vocabulary.stateGuards).filter(([, guard]) => guard.test(regions));
    const trueStates = new Set(states.map(([name]) => name));
    const outcomes: Outcome[] = [];
    const overloaded: Transition[] = [];
    const owned = configuration.flatMap((leaf) =>
      [...leaf.transitions.keys()].filter((command) => this.ownerOf(command) === leaf.region),
    );
    for (const command of owned) {
      const answers = answersTo(configuration, command);
      const choices = this.choicesOf(command, answers, trueStates);
      if (!choices) overloaded.push(...answers.flat().slice(0, 1));
      for (const choice of choices ?? []) {
        outcomes.push({ command, ...choice, after: this.one(moved(this.model, configuration, choice.taken)) });
      }
    }
    return { outcomes, overloaded };
  }

  /** Depends on the transitions that answer and on what holds of the states, and on nothing else of a configuration. */
  private choicesOf(
    command: string,
    answers: readonly (readonly Transition[])[],
    trueStates: ReadonlySet<string>,
  ): readonly Choice[] | null {
    const pointers = answers.flat().map((transition) => transition.pointer);
    const key = [command, ...pointers, ...trueStates].join(' ');
    let choices = this.choices.get(key);
    if (choices === undefined) {
      const free = this.freeGuards(answers);
      choices = free.length > this.mostGuards ? null : this.enumerate(answers, free, trueStates);
      this.choices.set(key, choices);
    }
    return choices;
  }

  /** The guards a command meets, without those about states: their truth is known in a configuration. */
  private freeGuards(answers: readonly (readonly Transition[])[]): string[] {
    const named = answers.flat().flatMap((transition) => namedGuards(transition.guard).map((guard) => guard.name));
    return [...new Set(named)].filter((name) => !(name in this.vocabulary.stateGuards));
  }

  private enumerate(
    answers: readonly (readonly Transition[])[],
    free: readonly string[],
    trueStates: ReadonlySet<string>,
  ): Choice[] {
    const choices = new Map<string, Choice>();
    const bitOf = new Map(free.map((name, index) => [name, 1 << index]));
    for (let bits = 0; bits < 2 ** free.length; bits++) {
      const holds = (name: string): boolean => trueStates.has(name) || (bits & (bitOf.get(name) ?? 0)) !== 0;
      const taken = chosen(answers, holds);
      if (!taken) continue;
      const key = taken.map((transition) => transition.pointer).join(' ');
      const known = choices.get(key);
      // A guard is implied only if it holds in every assignment that takes these transitions.
      const holding = new Set([...(known?.holding ?? this.watched)].filter(holds));
      choices.set(key, {
        taken: known?.taken ?? taken,
        effects: known?.effects ?? taken.flatMap((transition) => transition.effects),
        holding,
      });
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
