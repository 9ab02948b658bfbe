import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { planOf } from '../../../test/support/shipped-packs.js';
import type { EventEntry, PlaceEntry } from '../questionnaire/format-reference.js';
import type { Plan } from '../questionnaire/plan.js';
import { start } from '../questionnaire/session.js';
import { kmBetween } from './distance.js';
import type { TimelineFile } from './format.js';
import { Knowledge } from './knowledge.js';
import { timelineOf } from './timeline.js';

const mappings = readdirSync('questionnaires')
  .map((pack) => `questionnaires/${pack}/timeline.json`)
  .filter((path) => existsSync(path))
  .map((path) => JSON.parse(readFileSync(path, 'utf8')) as TimelineFile);
const packs = mappings.filter(({ settings }) => settings?.eventKinds);
const FAR_KM = 100;
/** In a city of millions nobody is near everything: presence there is asked about by quarter. */
const TOWN_KM = 15;

/** The events asked about by somebody who lived in one place through all those years. */
function askedOfResident(plan: Plan, ref: string): string[] {
  const session = start(plan, { child: 'no', language: 'en' }, [
    { questionId: 'residencePlace', item: 0, value: { ref } },
    { questionId: 'residencePeriod', item: 0, value: '1940-01-01/2025-12-31' },
  ]);
  const { questions } = timelineOf({
    accounts: [{ interviewId: 'one', session, day: '2026-01-01' }],
    registeredBirth: '1920',
    mappings,
  });
  return questions.flatMap(({ code, id }) => (code === 'nearEvent' ? [id.replace('nearEvent:', '')] : []));
}

/** The events that checks may rest on, each with those of its places that are no larger than a town. */
function eventsOf(plan: Plan, { settings = {} }: TimelineFile) {
  const knowledge = new Knowledge(plan.reference, settings);
  const extent = ({ radiusKm, kind = '' }: PlaceEntry) => radiusKm ?? settings.placeRadiusKm?.[kind] ?? Infinity;
  return knowledge
    .all('event')
    .filter(({ id, entry }) => knowledge.isFirm(id) && settings.eventKinds!.includes(entry.kind ?? ''))
    .map(({ id, entry }) => ({
      id,
      places: ((entry as EventEntry).places ?? [])
        .map((place) => knowledge.find<PlaceEntry>(place)!)
        .filter((place) => knowledge.isFirm(place.id) && extent(place) <= TOWN_KM),
    }))
    .filter(({ places }) => places.length > 0);
}

const located = ({ latitude, longitude }: PlaceEntry) =>
  latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };

describe.each(packs.map((mapping) => [mapping.timeline, mapping] as const))('the events of %s', (pack, mapping) => {
  const plan = planOf(`${pack}-exclusion`);
  const events = eventsOf(plan, mapping);

  it('are asked about by whoever lived in the place itself', () => {
    const missed = events.flatMap(({ id, places }) =>
      places.filter((place) => !askedOfResident(plan, place.id).includes(id)).map((place) => `${id} in ${place.id}`),
    );
    expect(events.length).toBeGreaterThan(0);
    expect(missed).toEqual([]);
  });

  it('are not asked about by whoever lived far away', () => {
    const homes = Object.values(plan.reference)
      .filter(({ type }) => type === 'place')
      .map(({ entry }) => entry as PlaceEntry);
    const wrong = homes.flatMap((home) => {
      const here = located(home);
      if (!here) return [];
      const far = events.filter(({ places }) =>
        places.every((place) => {
          const there = located(place);
          return there !== undefined && kmBetween(here, there) > FAR_KM;
        }),
      );
      const asked = askedOfResident(plan, home.id);
      return far.filter(({ id }) => asked.includes(id)).map(({ id }) => `${id} in ${home.id}`);
    });
    expect(wrong).toEqual([]);
  });
});
