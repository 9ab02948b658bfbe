import type { PlaceEntry } from '../questionnaire/format-reference.js';
import type { ReferenceData } from '../questionnaire/reference.js';

/** A bound of the distance between two places, with the reference entries it follows from. */
export interface Distance {
  readonly km: number;
  readonly rests: readonly string[];
}

/** Where a place certainly lies: inside this circle. */
interface Circle {
  readonly latitude: number;
  readonly longitude: number;
  readonly radius: number;
  readonly rests: readonly string[];
}

const EARTH_KM = 6371;

/** Great-circle distance of two points in km (haversine). */
export function kmBetween(
  a: { latitude: number; longitude: number },
  b: { latitude: number; longitude: number },
): number {
  const rad = (degrees: number) => (degrees * Math.PI) / 180;
  const half = (degrees: number) => Math.sin(rad(degrees) / 2) ** 2;
  const h =
    half(b.latitude - a.latitude) +
    Math.cos(rad(a.latitude)) * Math.cos(rad(b.latitude)) * half(b.longitude - a.longitude);
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Distances between the places of one reference file; a place of unknown extent is neither near anything nor far. */
export class Distances {
  constructor(
    private readonly data: ReferenceData,
    private readonly radiusOfKind: Readonly<Record<string, number>>,
  ) {}

  /** Bounds that the distance of anything in `a` from anything in `b` certainly does not exceed. */
  atMost(a: string, b: string): Distance[] {
    const found: Distance[] = [];
    for (const [inner, outer] of [
      [a, b],
      [b, a],
    ] as const) {
      const path = this.pathUp(inner, outer);
      const radius = path && this.radiusOf(outer);
      if (path && radius !== undefined) found.push({ km: 2 * radius, rests: path });
    }
    const [one, other] = [this.circleOf(a), this.circleOf(b)];
    if (one && other)
      found.push({ km: kmBetween(one, other) + one.radius + other.radius, rests: [...one.rests, ...other.rests] });
    return found;
  }

  /** What the distance of anything in `a` from anything in `b` certainly reaches; nothing when one may be inside the other. */
  atLeast(a: string, b: string): Distance | undefined {
    if (this.pathUp(a, b) || this.pathUp(b, a)) return undefined;
    const [one, other] = [this.circleOf(a), this.circleOf(b)];
    if (!one || !other) return undefined;
    const km = Math.max(0, kmBetween(one, other) - one.radius - other.radius);
    return { km, rests: [...one.rests, ...other.rests] };
  }

  /** The places from `inner` up to `outer`, both included; undefined when one is not in the other. */
  private pathUp(inner: string, outer: string): string[] | undefined {
    const path = [inner];
    for (let next = inner; next !== outer; path.push(next)) {
      const above = this.parentOf(next);
      if (above === undefined || path.includes(above)) return undefined;
      next = above;
    }
    return path;
  }

  /** A place without coordinates is somewhere in the nearest place around it that has them. */
  private circleOf(id: string): Circle | undefined {
    const rests: string[] = [];
    for (let next: string | undefined = id; next !== undefined && !rests.includes(next); next = this.parentOf(next)) {
      rests.push(next);
      const { latitude, longitude } = this.entryOf(next);
      const radius = this.radiusOf(next);
      if (latitude === undefined || longitude === undefined) continue;
      return radius === undefined ? undefined : { latitude, longitude, radius, rests };
    }
    return undefined;
  }

  private radiusOf(id: string): number | undefined {
    const { radiusKm, kind } = this.entryOf(id);
    return radiusKm ?? (kind === undefined ? undefined : this.radiusOfKind[kind]);
  }

  private parentOf(id: string): string | undefined {
    return this.data[id]?.above.find((above) => this.data[above]?.type === 'place');
  }

  private entryOf(id: string): Partial<PlaceEntry> {
    return this.data[id]?.type === 'place' ? (this.data[id].entry as PlaceEntry) : {};
  }
}
