import type { ChartState, ChartTransition, GuardExpression } from './chart.js';
import type { CompiledWorkflow } from './compile.js';
import { regionsOf } from './model.js';
import type { Leaf } from './model.js';

/** Draws compiled workflows as one Markdown text with Mermaid diagrams; the same workflows give the same text. */
export function pictureOf(workflows: readonly CompiledWorkflow[]): string {
  const sorted = [...workflows].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : a.version - b.version));
  const head = [
    '# Workflows',
    '',
    'Generated from the charts in this folder by `npm run workflows:picture`; do not edit by hand.',
    'Each diagram shows one region. A box around states stands for an answer they all give.',
    'Below each: the states with what they wait for, and the commands with who may send them and what must hold.',
    '',
  ];
  return [...head, ...sorted.flatMap(chapter)].join('\n');
}

function chapter(workflow: CompiledWorkflow): string[] {
  const name = `${workflow.id} v${workflow.version}`;
  const regions = regionsOf(workflow.chart);
  const parallel = workflow.chart.type === 'parallel';
  const diagrams = regions.flatMap(({ name: region, initial, states }) => [
    ...(parallel ? [`### ${name}: ${region}`, ''] : []),
    '```mermaid',
    'stateDiagram-v2',
    ...diagram(states, initial, '  '),
    ...edges(states, '  '),
    '```',
    '',
  ]);
  return [
    `## ${name}`,
    '',
    `${workflow.title}. SHA-256 of the canonical chart: \`${workflow.hash}\``,
    '',
    ...diagrams,
    ...stateTable(workflow),
    '',
    ...commandTable(workflow),
    '',
  ];
}

/** Only the way in from the start is drawn: into any other group, arrows lead to one state by name. */
function diagram(states: Readonly<Record<string, ChartState>>, initial: string | undefined, indent: string): string[] {
  const lines = initial === undefined ? [] : [`${indent}[*] --> ${initial}`];
  for (const [name, state] of Object.entries(states)) {
    if (!state.states) {
      lines.push(`${indent}${name}: ${state.meta.label}`);
      if (state.type === 'final') lines.push(`${indent}${name} --> [*]`);
      continue;
    }
    lines.push(`${indent}state "${state.meta.label}" as ${name} {`);
    lines.push(...diagram(state.states, name === initial ? state.initial : undefined, `${indent}  `), `${indent}}`);
  }
  return lines;
}

/** One arrow between two states, with all commands that go that way. */
function edges(states: Readonly<Record<string, ChartState>>, indent: string): string[] {
  return Object.entries(states).flatMap(([name, state]) => {
    const byTarget = new Map<string, Set<string>>();
    for (const [command, on] of Object.entries(state.on ?? {})) {
      for (const { target } of Array.isArray(on) ? (on as readonly ChartTransition[]) : [on as ChartTransition]) {
        if (target !== undefined) byTarget.set(target, (byTarget.get(target) ?? new Set()).add(command));
      }
    }
    const arrows = [...byTarget].map(
      ([target, commands]) => `${indent}${name} --> ${target}: ${[...commands].join(', ')}`,
    );
    return [...arrows, ...edges(state.states ?? {}, indent)];
  });
}

function stateTable(workflow: CompiledWorkflow): string[] {
  const leaves = workflow.model.regions.flatMap((region) => [...region.leaves.values()]);
  return [
    '| region | state | label | tags | waits for | deadlines |',
    '|---|---|---|---|---|---|',
    ...leaves.map((leaf) =>
      row([
        leaf.region,
        leaf.name,
        leaf.label,
        tagsOf(leaf),
        leaf.waitingFor.join('; '),
        [...leaf.deadlines].join(', '),
      ]),
    ),
  ];
}

function tagsOf(leaf: Leaf): string {
  return [...leaf.tags, ...(leaf.final ? ['final'] : []), ...(leaf.drives ? [`drives ${leaf.drives}`] : [])].join(', ');
}

function commandTable(workflow: CompiledWorkflow): string[] {
  const leaves = workflow.model.regions.flatMap((region) => [...region.leaves.values()]);
  const lines = Object.entries(workflow.commands).map(([type, command]) => {
    const transitions = leaves.flatMap((leaf) => leaf.transitions.get(type) ?? []);
    const guards = [...new Set(transitions.map(({ guard }) => inWords(guard)).filter((words) => words !== ''))];
    const effects = transitions.flatMap((transition) => transition.effects.map((effect) => effectInWords(effect)));
    return row([type, command.label, command.by.join(', '), guards.join(' <br> '), [...new Set(effects)].join(', ')]);
  });
  return ['| command | label | who | what must hold | effects |', '|---|---|---|---|---|', ...lines];
}

function inWords(guard: GuardExpression | undefined): string {
  if (guard === undefined) return '';
  if (typeof guard === 'string') return guard;
  const [[operator, parts] = ['all', []]] = Object.entries(guard) as [string, readonly GuardExpression[]][];
  const words = parts.map((part) => (typeof part === 'string' ? part : `(${inWords(part)})`));
  if (operator === 'none') return `none of ${words.join(', ')}`;
  return words.join(operator === 'all' ? ' and ' : ' or ');
}

function effectInWords({
  type,
  params,
}: {
  readonly type: string;
  readonly params: Readonly<Record<string, unknown>>;
}): string {
  const values = Object.values(params).map((value) => (Array.isArray(value) ? value.join(' ') : String(value)));
  return values.length > 0 ? `${type} ${values.join(' ')}` : type;
}

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
