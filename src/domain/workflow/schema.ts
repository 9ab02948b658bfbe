import { deadlineKinds, roles, tags } from './vocabulary/vocabulary.js';

const name = '^[a-z][A-Za-z0-9]*$';
const command = '^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$';

const guard = {
  description:
    'A guard of the vocabulary by name, or a composition of guards. Absent: the transition is always possible.',
  oneOf: [
    { type: 'string', pattern: name, description: 'The name of a guard of this lifecycle’s vocabulary.' },
    ...(['all', 'any', 'none'] as const).map((key) => ({
      type: 'object',
      additionalProperties: false,
      required: [key],
      properties: {
        [key]: {
          description: { all: 'Every one holds.', any: 'At least one holds.', none: 'Not one holds.' }[key],
          type: 'array',
          minItems: 1,
          items: { $ref: '#/$defs/guard' },
        },
      },
    })),
  ],
};

const effect = {
  description: 'One effect of the vocabulary; the service writes the rows it stands for in the same transaction.',
  type: 'object',
  additionalProperties: false,
  required: ['type'],
  properties: {
    type: { type: 'string', pattern: name, description: 'The name of an effect of this lifecycle’s vocabulary.' },
    params: {
      type: 'object',
      description: 'The parameters the vocabulary asks for with this effect; absent means none.',
    },
  },
};

const transition = {
  description: 'What a command does here. Of several, the first whose guard holds is taken.',
  type: 'object',
  additionalProperties: false,
  properties: {
    target: {
      type: 'string',
      pattern: name,
      description: 'A state without sub-states in the same region. Absent: the state stays as it is.',
    },
    guard: { $ref: '#/$defs/guard' },
    effects: {
      type: 'array',
      minItems: 1,
      items: { $ref: '#/$defs/effect' },
      description: 'What is written when the transition is taken, in this order.',
    },
  },
};

const ways = {
  description: 'One transition, or several in their order.',
  oneOf: [{ $ref: '#/$defs/transition' }, { type: 'array', minItems: 1, items: { $ref: '#/$defs/transition' } }],
};

const meta = {
  description: 'What people see and what clocks run.',
  type: 'object',
  additionalProperties: false,
  required: ['label'],
  properties: {
    label: { type: 'string', minLength: 1, description: 'The name of the state on screen.' },
    waiting: {
      type: 'object',
      additionalProperties: false,
      required: ['for', 'deadlines'],
      description: 'What the state waits for. Sub-states wait for it too.',
      properties: {
        for: { type: 'string', minLength: 1, description: 'Who or what is awaited, as the end of “Waiting for …”.' },
        deadlines: {
          type: 'array',
          minItems: 1,
          uniqueItems: true,
          items: { enum: deadlineKinds },
          description: 'Deadlines running in this state: every way in starts them, every way out meets or ends them.',
        },
      },
    },
    drives: {
      enum: ['screening', 'exclusion', 'witness'],
      description: 'The purpose of the questionnaire used by interviews in this state.',
    },
  },
};

const state = {
  description: 'A state, a region (in a parallel chart, the first level) or a group of states that react alike.',
  type: 'object',
  additionalProperties: false,
  required: ['meta'],
  dependentRequired: { states: ['initial'], initial: ['states'] },
  properties: {
    meta: { $ref: '#/$defs/meta' },
    tags: {
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: { enum: Object.keys(tags) },
      description: `What is true in this state and its sub-states. ${Object.entries(tags)
        .map(([tag, says]) => `${tag}: ${says}`)
        .join(' ')}`,
    },
    type: {
      const: 'final',
      description: 'Nothing leaves this state; it may still answer commands that change no state.',
    },
    initial: { type: 'string', pattern: name, description: 'The sub-state entered first.' },
    states: {
      type: 'object',
      minProperties: 1,
      propertyNames: { pattern: name },
      additionalProperties: { $ref: '#/$defs/state' },
      description: 'Sub-states by name; a name occurs once in a region.',
    },
    on: {
      type: 'object',
      minProperties: 1,
      propertyNames: { pattern: command },
      additionalProperties: { $ref: '#/$defs/ways' },
      description: 'What each command does in this state (and its sub-states). A command not named here is refused.',
    },
  },
};

/** The JSON Schema of every file in `workflows/`; `workflows/schema.json` is written from it. */
export const chartSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Workflow chart',
  description: 'One version of one lifecycle: a closed subset of a statechart, proven before it is used.',
  type: 'object',
  additionalProperties: false,
  required: ['format', 'id', 'version', 'title', 'commands', 'states'],
  if: { required: ['type'] },
  then: { required: ['stageRegion'], not: { required: ['initial'] } },
  else: { required: ['initial'], not: { required: ['stageRegion'] } },
  properties: {
    format: { const: 1, description: 'The version of this file format.' },
    id: { type: 'string', pattern: name, description: 'The lifecycle; it chooses the vocabulary.' },
    version: { type: 'integer', minimum: 1, description: 'Counts up; a version that was used is never changed.' },
    title: { type: 'string', minLength: 1, description: 'What has this lifecycle, in words.' },
    type: {
      const: 'parallel',
      description: 'The states of the first level are regions, each in one of its states at a time.',
    },
    stageRegion: { type: 'string', pattern: name, description: 'The region whose state is shown in lists.' },
    initial: { type: 'string', pattern: name, description: 'The state entered first, in a chart without regions.' },
    commands: {
      type: 'object',
      minProperties: 1,
      propertyNames: { pattern: command },
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['label', 'by'],
        description: 'A command this chart answers.',
        properties: {
          label: { type: 'string', minLength: 1, description: 'What the button says.' },
          by: {
            type: 'array',
            minItems: 1,
            uniqueItems: true,
            items: { enum: roles },
            description: 'Who may send it; `system` stands for deadlines, receipts and releases.',
          },
          region: {
            type: 'string',
            pattern: name,
            description:
              'In a parallel chart, the region that owns the command: it must accept it, others may only react.',
          },
        },
      },
      description: 'Every command of this chart.',
    },
    states: {
      type: 'object',
      minProperties: 1,
      propertyNames: { pattern: name },
      additionalProperties: { $ref: '#/$defs/state' },
      description: 'The states, or in a parallel chart the regions.',
    },
    moves: {
      type: 'object',
      minProperties: 1,
      propertyNames: { pattern: '^[1-9][0-9]*$' },
      additionalProperties: {
        type: 'object',
        minProperties: 1,
        propertyNames: { pattern: name },
        additionalProperties: {
          type: 'object',
          minProperties: 1,
          propertyNames: { pattern: name },
          additionalProperties: { $ref: '#/$defs/ways' },
          description: 'By state of the older version, where in this chart it goes on.',
        },
        description: 'By region.',
      },
      description:
        'What is pinned to an older version moves to this one when it is sent a command that only this one has, and stays in the state of the same name. ' +
        'By older version, the states that go on elsewhere; of several ways the first whose guard holds.',
    },
  },
  $defs: { guard, effect, transition, ways, meta, state },
};
