import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import canonicalize from 'canonicalize';

interface Way {
  readonly target?: string;
}
interface State {
  readonly initial?: string;
  readonly states?: Readonly<Record<string, State>>;
  readonly on?: Readonly<Record<string, Way | readonly Way[]>>;
}
interface ChartFile extends State {
  readonly version: number;
  readonly type?: 'parallel';
  readonly commands: Readonly<Record<string, object>>;
  readonly states: Readonly<Record<string, State>>;
  readonly moves?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Way | readonly Way[]>>>>>>;
}

const canonical = canonicalize as unknown as (value: unknown) => string;
const listed = <T>(one: T | readonly T[]): readonly T[] => (Array.isArray(one) ? (one as readonly T[]) : [one as T]);

/** Of one region: the whole name of each innermost state (`examining.triage`), and where each event type leads from there. */
interface Region {
  readonly first: string;
  readonly steps: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
}

/** Where something stands: by region the whole name of its state. */
type Place = ReadonlyMap<string, string>;

/** A chart as the release has it: what leads where, whatever a guard may have said. */
export class Chart {
  private readonly regions: ReadonlyMap<string, Region>;

  constructor(private readonly file: ChartFile) {
    const regions = file.type === 'parallel' ? Object.entries(file.states) : [['', file] as const];
    this.regions = new Map(regions.map(([name, region]) => [name, regionOf(region)]));
  }

  get first(): Place {
    return new Map([...this.regions].map(([name, { first }]) => [name, first]));
  }

  /** Reads a stored state; undefined where the chart has no such state. */
  placeOf(state: unknown): Place | undefined {
    const inRegions = this.file.type === 'parallel' ? (state as Readonly<Record<string, unknown>>) : { '': state };
    const place = new Map(Object.entries(inRegions ?? {}).map(([name, value]) => [name, wholeName(value)]));
    const known = [...this.regions].every(([name, { steps }]) => steps.has(place.get(name) ?? ''));
    return known && place.size === this.regions.size ? place : undefined;
  }

  /**
   * Whether an event of this type can lead from one place to the other. What is no command of the chart leads nowhere; a command must be
   * answered by a region, and each that answers goes where one of its ways leads.
   */
  leads(from: Place, type: string, to: Place): boolean {
    let answered = !Object.hasOwn(this.file.commands, type);
    for (const [name, { steps }] of this.regions) {
      const before = from.get(name)!;
      const targets = steps.get(before)?.get(type);
      if (targets) answered = true;
      if (!(targets ?? [before]).includes(to.get(name)!)) return false;
    }
    return answered;
  }

  /** Whether what stands there in an older chart can go on here: where this chart says so, else in the state of the same name. */
  takesOver(older: Chart, from: Place, to: Place): boolean {
    const named = this.file.moves?.[String(older.file.version)] ?? {};
    return [...this.regions].every(([name, { first, steps }]) => {
      const before = from.get(name);
      const last = before?.split('.').at(-1) ?? '';
      const ways = listed(named[name]?.[last] ?? []).map(({ target }) => whole(steps.keys(), target ?? last));
      return [...ways, before ?? first].includes(to.get(name)!);
    });
  }
}

/** `{ examining: 'triage' }` as `examining.triage`. */
function wholeName(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[name, inner] = ['', '']] = Object.entries((value ?? {}) as object) as [string, unknown][];
  return `${name}.${wholeName(inner)}`;
}

/** A target is an innermost state by its last name, which a region has once. */
const whole = (names: Iterable<string>, last: string): string | undefined =>
  [...names].find((name) => name.split('.').at(-1) === last);

function regionOf(region: State): Region {
  const answers = new Map<string, Map<string, Way[]>>();
  const walk = (states: Readonly<Record<string, State>>, path: string, around: readonly State[]): void => {
    for (const [name, state] of Object.entries(states)) {
      const line = [state, ...around];
      if (state.states) walk(state.states, `${path}${name}.`, line);
      else answers.set(`${path}${name}`, waysOf(line));
    }
  };
  walk(region.states ?? {}, '', []);
  const steps = new Map(
    [...answers].map(([name, ways]) => [
      name,
      new Map(
        [...ways].map(([type, all]) => [
          type,
          all.map(({ target }) => (target === undefined ? name : whole(answers.keys(), target)!)),
        ]),
      ),
    ]),
  );
  return { first: firstOf(region), steps };
}

function waysOf(line: readonly State[]): Map<string, Way[]> {
  const ways = new Map<string, Way[]>();
  for (const { on = {} } of line)
    for (const [type, own] of Object.entries(on)) ways.set(type, [...(ways.get(type) ?? []), ...listed(own)]);
  return ways;
}

const firstOf = ({ initial = '', states }: State): string => {
  const first = states?.[initial];
  return first?.states ? `${initial}.${firstOf(first)}` : initial;
};

/** The released charts by the hash that things are pinned to. */
export const readCharts = (): ReadonlyMap<string, Chart> =>
  new Map(
    readdirSync('workflows', { recursive: true, encoding: 'utf8' })
      .filter((path) => /\/v\d+\.json$/.test(path))
      .map((path) => {
        const file = JSON.parse(readFileSync(join('workflows', path), 'utf8')) as ChartFile;
        return [createHash('sha256').update(canonical(file)).digest('hex'), new Chart(file)];
      }),
  );
