import { arr, D, head, obj, str, $schema, type Properties } from './schema-terms.js';

const ids = (d: string) => arr(d, { type: 'string' }, { minItems: 1, uniqueItems: true });
const edtf = (d: string) => str(d + ' In EDTF: 1994, 1994-04, 1994~, 1994-04-06/1994-07-18, 1990/..');
const entryProps = {
  id: str('Unique in the whole file, across all its lists.', { pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' }),
  name: str('The name used on screen.'),
  aliases: ids('Other spellings and names, in any language or script.'),
  kind: str('Free word of the pack, for example prefecture, camp or militia.'),
  note: str('What a reader must know about it.'),
  sources: arr('Where it is documented.', { $ref: '#/$defs/source' }, { minItems: 1 }),
  verified: D('True only when somebody has seen it in the named sources.', { type: 'boolean' }),
};
const entry = (d: string, required: string[], props: Properties) =>
  obj(d, ['id', 'name', 'sources', 'verified', ...required], { ...entryProps, ...props });
const parties = ids('Organisations that took part.');
export const referenceSchema = {
  ...head('reference.schema.json', 'Reference data'),
  ...obj(
    'Organisations, units, ranks, places, events and periods of conflict of one pack, each with its sources.',
    ['format', 'reference'],
    {
      $schema,
      format: D('Version of the file format.', { const: 1 }),
      reference: str('The pack it belongs to.'),
      organisations: arr('Forces, armed groups, parties, authorities.', { $ref: '#/$defs/organisation' }),
      units: arr('Units of organisations.', { $ref: '#/$defs/unit' }),
      ranks: arr('Ranks of organisations.', { $ref: '#/$defs/rank' }),
      places: arr('Places.', { $ref: '#/$defs/place' }),
      events: arr('Known events.', { $ref: '#/$defs/event' }),
      periods: arr('Periods of conflict with their classification.', { $ref: '#/$defs/period' }),
      posts: arr('Who held which command or office, and when.', { $ref: '#/$defs/post' }),
    },
  ),
  $defs: {
    source: obj('A publication.', ['source'], {
      source: str('Publisher, title, date: precise enough to find it.'),
      url: str('Where it can be read.', { format: 'uri' }),
      stateAligned: D('Published by or close to a state or party to the conflict.', { type: 'boolean' }),
      publisher: str('Who published it, when that is not what stands before the first comma of the source.'),
      judgment: D('The judgment of a court.', { type: 'boolean' }),
    }),
    organisation: entry('A force, armed group, party or authority.', [], {
      parent: str('The organisation it belongs to.'),
      active: edtf('When it existed.'),
    }),
    unit: entry('A unit of an organisation.', ['organisation'], {
      organisation: str('The organisation it belongs to.'),
      parent: str('The unit above it.'),
      active: edtf('When it existed.'),
      area: ids('Places it was stationed or operated in.'),
    }),
    rank: entry('A rank of an organisation.', ['organisation', 'order'], {
      organisation: str('The organisation whose rank it is.'),
      order: D('Higher is more senior; compared only inside one organisation.', { type: 'integer' }),
      active: edtf('When there was this rank.'),
      yearsOfService: D('The fewest years of service in the organisation before which it was not given.', {
        type: 'number',
        exclusiveMinimum: 0,
      }),
    }),
    place: entry('A place.', [], {
      parent: str('The place around it.'),
      latitude: D('Degrees, north positive; only from an openly licensed gazetteer.', {
        type: 'number',
        minimum: -90,
        maximum: 90,
      }),
      longitude: D('Degrees, east positive.', { type: 'number', minimum: -180, maximum: 180 }),
      radiusKm: D('How far it reaches at most from these coordinates, in km.', { type: 'number', minimum: 0 }),
    }),
    event: entry('A known event.', ['date'], {
      date: edtf('When it happened.'),
      places: ids('Where it happened.'),
      parties,
    }),
    period: entry('A period of conflict.', ['date', 'classification'], {
      date: edtf('When it lasted.'),
      classification: D('How the period is classified.', {
        enum: ['international', 'nonInternational', 'genocide', 'crimesAgainstHumanity', 'belowThreshold', 'disputed'],
      }),
      parties,
    }),
    post: entry('A command or office; living persons are named from judgments only.', ['holder', 'date'], {
      holder: str('Who held it.'),
      holderAliases: ids('Other spellings and names of the holder.'),
      unit: str('The unit commanded.'),
      organisation: str('The organisation led, or in which the office was held.'),
      date: edtf('When the holder held it.'),
    }),
  },
};
