import type { Chart, ChartMoves, ChartState, ChartTransition, Problem } from './chart.js';
import { pointerTo } from './chart.js';
import { namedGuards } from './guard.js';
import { declared, regionsOf } from './model.js';
import { didYouMean, paramsProblems } from './prove-schema.js';
import type { Vocabulary } from './vocabulary/vocabulary.js';

/** The proof tries every assignment of the guards one command meets; beyond this it would not end in good time. */
export const mostGuardsPerCommand = 16;

type Region = ReturnType<typeof regionsOf>[number];
type Report = (pointer: string, message: string) => void;

/** Checks every name in a chart that fits the schema: guards, effects, commands, states, regions. */
export function nameProblems(chart: Chart, vocabulary: Vocabulary<never>, file: string): Problem[] {
  const problems: Problem[] = [];
  const report: Report = (pointer, message) => problems.push({ file, pointer, message });
  commandProblems(chart, vocabulary, report);
  for (const region of regionsOf(chart)) {
    regionProblems(chart, region, report);
    const leaves = new Set(namesIn(region).flatMap((entry) => (entry.state.states ? [] : [entry.name])));
    for (const { state, pointer } of namesIn(region)) {
      for (const [command, on] of Object.entries(state.on ?? {})) {
        const here = `${pointer}/on${pointerTo(command)}`;
        if (!(command in chart.commands)) {
          report(here, `Unknown command “${command}”.${didYouMean(command, Object.keys(chart.commands))}`);
        }
        for (const entry of declared(on, here)) {
          problems.push(...effectProblems(entry.transition, vocabulary, file, entry.pointer));
          transitionProblems(entry.transition, { pointer: entry.pointer, state, leaves, vocabulary, region }, report);
        }
      }
    }
  }
  for (const [version, places] of Object.entries(chart.moves ?? {})) {
    const here = pointerTo('moves', version);
    if (Number(version) >= chart.version) report(here, `A move is from a version before ${chart.version}.`);
    problems.push(...moveProblems(chart, places, { vocabulary, file, pointer: here }));
  }
  return problems;
}

/** Every region, state, guard and effect that a move from an older version names in this chart. */
function moveProblems(
  chart: Chart,
  places: ChartMoves,
  { vocabulary, file, pointer }: { vocabulary: Vocabulary<never>; file: string; pointer: string },
): Problem[] {
  const problems: Problem[] = [];
  const report: Report = (where, message) => problems.push({ file, pointer: where, message });
  const regions = regionsOf(chart);
  for (const [name, states] of Object.entries(places)) {
    const region = regions.find((one) => one.name === name);
    const here = pointer + pointerTo(name);
    if (!region) {
      const known = regions.map((one) => one.name);
      report(here, `Unknown region “${name}”.${didYouMean(name, known)}`);
      continue;
    }
    const leaves = new Set(namesIn(region).flatMap((entry) => (entry.state.states ? [] : [entry.name])));
    const state: ChartState = { meta: { label: '' } };
    for (const [old, on] of Object.entries(states)) {
      for (const entry of declared(on, here + pointerTo(old))) {
        problems.push(...effectProblems(entry.transition, vocabulary, file, entry.pointer));
        transitionProblems(entry.transition, { pointer: entry.pointer, state, leaves, vocabulary, region }, report);
      }
    }
  }
  return problems;
}

function commandProblems(chart: Chart, vocabulary: Vocabulary<never>, report: Report): void {
  const regions = regionsOf(chart);
  for (const [type, command] of Object.entries(chart.commands)) {
    const here = pointerTo('commands', type);
    if (!vocabulary.commands.includes(type)) {
      report(here, `Unknown command “${type}”.${didYouMean(type, vocabulary.commands)}`);
    }
    if (chart.type !== 'parallel') {
      if (command.region !== undefined) report(`${here}/region`, 'Only a parallel chart has regions.');
    } else if (command.region === undefined) {
      report(here, `The command “${type}” must say which region owns it.`);
    } else if (!(command.region in chart.states)) {
      report(
        `${here}/region`,
        `Unknown region “${command.region}”.${didYouMean(command.region, Object.keys(chart.states))}`,
      );
    }
    const owners = regions.filter((region) => chart.type !== 'parallel' || region.name === command.region);
    const used = owners.some((region) => namesIn(region).some((entry) => entry.state.on && type in entry.state.on));
    if (owners.length > 0 && !used) report(here, `No state of the owning region answers the command “${type}”.`);
  }
  if (chart.stageRegion !== undefined && !(chart.stageRegion in chart.states)) {
    report(
      '/stageRegion',
      `Unknown region “${chart.stageRegion}”.${didYouMean(chart.stageRegion, Object.keys(chart.states))}`,
    );
  }
}

function regionProblems(chart: Chart, region: Region, report: Report): void {
  const declaredRegion = chart.type === 'parallel' ? chart.states[region.name] : undefined;
  if (declaredRegion) {
    const here = pointerTo('states', region.name);
    if (!declaredRegion.states) report(here, 'A region needs states.');
    if (declaredRegion.on)
      report(`${here}/on`, 'A region answers no command itself: put it into its states or a group of them.');
    if (declaredRegion.type) report(`${here}/type`, 'A region cannot be final.');
  }
  const initials = declaredRegion ? pointerTo('states', region.name, 'initial') : '/initial';
  initialProblems(region.states, region.initial, initials, report);
  const seen = new Set<string>();
  for (const { name, state, pointer } of namesIn(region)) {
    if (seen.has(name)) report(pointer, `The name “${name}” occurs twice in this region; targets would be ambiguous.`);
    seen.add(name);
    if (!state.states) continue;
    initialProblems(state.states, state.initial ?? '', `${pointer}/initial`, report);
    if (state.type) report(`${pointer}/type`, 'A group of states cannot be final.');
    shadowProblems(state, pointer, report);
  }
}

function initialProblems(states: Region['states'], initial: string, pointer: string, report: Report): void {
  if (!(initial in states)) report(pointer, `Unknown state “${initial}”.${didYouMean(initial, Object.keys(states))}`);
}

/** A command answered by a state and again around it would fall through to the outer answer when a guard fails. */
function shadowProblems(group: ChartState, pointer: string, report: Report): void {
  for (const command of Object.keys(group.on ?? {})) {
    for (const inner of walk(group.states ?? {}, `${pointer}/states`)) {
      if (inner.state.on && command in inner.state.on) {
        report(
          `${inner.pointer}/on${pointerTo(command)}`,
          `“${command}” is answered here and again by the group around it.`,
        );
      }
    }
  }
}

interface TransitionPlace {
  readonly pointer: string;
  readonly state: ChartState;
  readonly leaves: ReadonlySet<string>;
  readonly vocabulary: Vocabulary<never>;
  readonly region: Region;
}

function transitionProblems(transition: ChartTransition, place: TransitionPlace, report: Report): void {
  const { pointer, state, leaves, vocabulary, region } = place;
  const { target } = transition;
  if (target !== undefined && !leaves.has(target)) {
    const group = namesIn(region).some((entry) => entry.name === target);
    const why = group ? `“${target}” is a group: name one of its states.` : `Unknown state “${target}” in this region.`;
    report(`${pointer}/target`, why + (group ? '' : didYouMean(target, [...leaves])));
  }
  if (target !== undefined && state.type === 'final') report(`${pointer}/target`, 'Nothing leaves a final state.');
  if (target === undefined && !transition.effects) {
    report(pointer, 'This transition changes nothing: it needs a target or effects.');
  }
  const guards = { ...vocabulary.guards, ...vocabulary.stateGuards };
  const named = namedGuards(transition.guard, `${pointer}/guard`);
  for (const guard of named) {
    if (!(guard.name in guards))
      report(guard.pointer, `Unknown guard “${guard.name}”.${didYouMean(guard.name, Object.keys(guards))}`);
  }
  if (new Set(named.map((guard) => guard.name)).size > mostGuardsPerCommand) {
    report(
      `${pointer}/guard`,
      `More than ${mostGuardsPerCommand} guards on one command cannot be proven: split the command.`,
    );
  }
}

function effectProblems(
  transition: ChartTransition,
  vocabulary: Vocabulary<never>,
  file: string,
  pointer: string,
): Problem[] {
  return (transition.effects ?? []).flatMap((effect, index) => {
    const here = `${pointer}/effects/${index}`;
    const known = vocabulary.effects[effect.type];
    if (!known) {
      const message = `Unknown effect “${effect.type}”.${didYouMean(effect.type, Object.keys(vocabulary.effects))}`;
      return [{ file, pointer: `${here}/type`, message }];
    }
    return paramsProblems(known.params, effect.params ?? {}, file, `${here}/params`);
  });
}

function namesIn(region: Region): { readonly name: string; readonly state: ChartState; readonly pointer: string }[] {
  return walk(region.states, region.pointer);
}

function walk(
  states: Region['states'],
  pointer: string,
): { readonly name: string; readonly state: ChartState; readonly pointer: string }[] {
  return Object.entries(states).flatMap(([name, state]) => {
    const here = pointer + pointerTo(name);
    return [{ name, state, pointer: here }, ...walk(state.states ?? {}, `${here}/states`)];
  });
}
