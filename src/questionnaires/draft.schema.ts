import type { ApiBodyOptions } from '@nestjs/swagger';

type Schema = Extract<ApiBodyOptions, { schema: unknown }>['schema'];

const FILES = {
  type: 'array',
  description: 'The files of a pack folder that belong to one questionnaire.',
  items: {
    type: 'object',
    required: ['file', 'content'],
    additionalProperties: false,
    properties: {
      file: { type: 'string', example: 'XX/screening.v1.json' },
      content: {
        type: 'object',
        additionalProperties: true,
        description: 'As docs and JSON Schemas of packs describe it.',
      },
    },
  },
} as const;

const ANSWERS = {
  answers: {
    type: 'array',
    description: 'In the order given; as in an interview.',
    items: {
      type: 'object',
      required: ['questionId'],
      properties: {
        questionId: { type: 'string' },
        item: { description: 'Inside repeats: the number of the item from 0, or a list of numbers.' },
        value: { description: 'As the type of the question asks.' },
        status: { type: 'string', enum: ['unknown', 'refused', 'notAsked'] },
      },
    },
  },
  child: { type: 'string', enum: ['no', 'yes', 'unclear'], default: 'no' },
  language: { type: 'string', default: 'en' },
} as const;

/** The bodies are read by hand: in a scenario `null` means something, and everywhere else here it is refused with a reason. */
export const FILES_BODY = { type: 'object', required: ['files'], properties: { files: FILES } } as unknown as Schema;
export const PREVIEW_BODY = { type: 'object', properties: ANSWERS } as unknown as Schema;
export const PREVIEW_OF_FILES_BODY = {
  type: 'object',
  required: ['files'],
  properties: { files: FILES, ...ANSWERS },
} as unknown as Schema;
export const PREVIEW_VIEW = {
  type: 'object',
  properties: {
    sections: { type: 'array', items: { type: 'object' }, description: 'What is open and why, as in an interview.' },
    indicators: { type: 'array', items: { type: 'object' }, description: 'What would be raised, and why.' },
    open: { type: 'integer' },
    answered: { type: 'integer' },
    missing: { type: 'array', items: { type: 'object' }, description: 'Required questions without an answer.' },
    refused: { type: 'array', items: { type: 'object' }, description: 'Answers that would not be taken, and why.' },
  },
} as unknown as Schema;
