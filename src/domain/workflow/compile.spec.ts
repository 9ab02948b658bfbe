import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { at, type Json, problemsAfter, published } from '../../../test/factories/spoilt-charts.js';
import { compileWorkflow, hashOf, isWorkflow } from './compile.js';
import { chartSchema } from './schema.js';

describe('compiling a shipped chart', () => {
  test.each(['case', 'person', 'interview', 'referral', 'questionnaire'])('accepts %s', (id) => {
    expect(compileWorkflow(published(id), { file: `${id}.json` })).toMatchObject({
      ok: true,
      workflow: { id, version: 1 },
    });
  });

  test('pins the content, not its spelling', () => {
    const chart = published('referral');
    const reversed = Object.fromEntries(Object.entries(chart).reverse());
    expect(hashOf(reversed)).toBe(hashOf(chart));
    expect(hashOf(chart)).toMatch(/^[0-9a-f]{64}$/);
    expect(hashOf({ ...chart, title: 'Another' })).not.toBe(hashOf(chart));
  });

  test('keeps a copy that later changes to the input, or to itself, do not reach', () => {
    const chart = published('referral');
    const compiled = compileWorkflow(chart, { file: 'referral.json' });
    if (!compiled.ok) throw new Error('refused');
    chart['title'] = 'Changed';
    expect(compiled.workflow.chart.title).toBe('One referral to one authority');
    expect(() => Object.assign(compiled.workflow.chart.commands, { X: {} })).toThrow(TypeError);
    expect(isWorkflow(compiled.workflow, 'referral')).toBe(true);
    expect(isWorkflow(compiled.workflow, 'case')).toBe(false);
  });
});

describe('a chart that does not fit the schema', () => {
  test.each<[string, (chart: Json) => void, string, RegExp]>([
    [
      'a misspelt key of a state',
      (chart) => {
        at(chart, '/states/draft')['tag'] = ['settled'];
      },
      '/states/draft/tag',
      /^Unknown key “tag”\. Did you mean “tags”\?$/,
    ],
    [
      'a misspelt key of a transition',
      (chart) => {
        at(chart, '/states/published/on/RETIRE_QUESTIONNAIRE')['gaurd'] = 'lintIsClean';
      },
      '/states/published/on/RETIRE_QUESTIONNAIRE/gaurd',
      /^Unknown key “gaurd”\. Did you mean “guard”\?$/,
    ],
    [
      'an entry action',
      (chart) => {
        at(chart, '/states/draft')['entry'] = ['publishVersion'];
      },
      '/states/draft/entry',
      /^Unknown key “entry”/,
    ],
    [
      'a delayed transition',
      (chart) => {
        at(chart, '/states/draft')['after'] = { 1000: 'published' };
      },
      '/states/draft/after',
      /^Unknown key “after”/,
    ],
    [
      'a wildcard',
      (chart) => {
        at(chart, '/states/draft/on')['*'] = { target: 'published' };
      },
      '/states/draft/on/*',
      /not a possible name/,
    ],
    [
      'a guard composed in an unknown way',
      (chart) => {
        at(chart, '/states/inReview/on/RETURN_QUESTIONNAIRE')['guard'] = { not: ['lintIsClean'] };
      },
      '/states/inReview/on/RETURN_QUESTIONNAIRE/guard/not',
      /^Unknown key “not”/,
    ],
    [
      'an unknown role',
      (chart) => {
        at(chart, '/commands/EDIT_DRAFT')['by'] = ['autor'];
      },
      '/commands/EDIT_DRAFT/by/0',
      /^"autor" is not one of: caseOfficer/,
    ],
    [
      'an unknown tag',
      (chart) => {
        at(chart, '/states/draft')['tags'] = ['exclusionAplied'];
      },
      '/states/draft/tags/0',
      /^"exclusionAplied" is not one of: exclusionApplied/,
    ],
    [
      'a state without a label',
      (chart) => {
        at(chart, '/states/draft')['meta'] = {};
      },
      '/states/draft/meta',
      /^The key “label” is missing\.$/,
    ],
    ['another format', (chart) => Object.assign(chart, { format: 2 }), '/format', /^2 must be 1\.$/],
    [
      'regions and an initial state at once',
      (chart) => Object.assign(chart, { type: 'parallel', stageRegion: 'draft' }),
      '',
      /either regions/,
    ],
  ])('is refused for %s', (_name, change, pointer, message) => {
    const problems = problemsAfter('questionnaire', change);
    expect(problems).toContainEqual({
      file: 'questionnaire.json',
      pointer,
      message: expect.stringMatching(message),
    });
  });

  test.each([null, [], 'text', 7, {}])('is refused whatever it is: %j', (json) => {
    const compiled = compileWorkflow(json, { file: 'x.json' });
    expect(compiled.ok).toBe(false);
    expect(compiled.ok ? [] : compiled.problems.length).not.toBe(0);
  });

  test('is described property by property', () => {
    const undescribed: string[] = [];
    const visit = (schema: unknown, path: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      for (const [name, property] of Object.entries((schema as { properties?: object }).properties ?? {})) {
        const { description, $ref } = property as Json;
        if (typeof description !== 'string' && typeof $ref !== 'string') undescribed.push(`${path}/${name}`);
      }
      for (const [key, value] of Object.entries(schema)) visit(value, `${path}/${key}`);
    };
    visit(chartSchema, '');
    expect(undescribed).toEqual([]);
  });

  test('can be checked in an editor with the schema beside the charts', () => {
    expect(JSON.parse(readFileSync('workflows/schema.json', 'utf8'))).toEqual(JSON.parse(JSON.stringify(chartSchema)));
  });
});

describe('a chart with a name nobody knows', () => {
  const interview = '/states/held/states';
  test.each<[string, string, (chart: Json) => void, string, RegExp]>([
    [
      'lifecycle',
      'interview',
      (chart) => Object.assign(chart, { id: 'interveiw' }),
      '/id',
      /Did you mean “interview”\?/,
    ],
    [
      'guard',
      'interview',
      (chart) => {
        at(chart, `${interview}/underway/on/RECORD_ANSWER`)['guard'] = { any: [{ none: ['actorConductInterview'] }] };
      },
      `${interview}/underway/on/RECORD_ANSWER/guard/any/0/none/0`,
      /^Unknown guard “actorConductInterview”\. Did you mean “actorConductsInterview”\?$/,
    ],
    [
      'effect',
      'interview',
      (chart) => {
        at(chart, `${interview}/underway/on/RECORD_ANSWER`)['effects'] = [{ type: 'appendAnser' }];
      },
      `${interview}/underway/on/RECORD_ANSWER/effects/0/type`,
      /^Unknown effect “appendAnser”\. Did you mean “appendAnswer”\?$/,
    ],
    [
      'parameter of an effect',
      'interview',
      (chart) => {
        at(chart, `${interview}/readBack/on/SEAL_INTERVIEW/effects/1`)['params'] = { kind: 'interview', knd: 1 };
      },
      `${interview}/readBack/on/SEAL_INTERVIEW/effects/1/params/knd`,
      /^Unknown key “knd”/,
    ],
    [
      'value of a parameter',
      'interview',
      (chart) => {
        at(chart, `${interview}/readBack/on/SEAL_INTERVIEW/effects/1`)['params'] = { kind: 'interveiw' };
      },
      `${interview}/readBack/on/SEAL_INTERVIEW/effects/1/params/kind`,
      /^"interveiw" is not one of: triage/,
    ],
    [
      'command in a state',
      'interview',
      (chart) => {
        at(chart, `${interview}/underway/on`)['RECORD_ANSWERS'] = { target: 'readBack' };
      },
      `${interview}/underway/on/RECORD_ANSWERS`,
      /^Unknown command “RECORD_ANSWERS”\. Did you mean “RECORD_ANSWER”\?$/,
    ],
    [
      'command declared',
      'interview',
      (chart) => {
        at(chart, '/commands')['BURN_RECORD'] = { label: 'Burn', by: ['operator'] };
      },
      '/commands/BURN_RECORD',
      /^Unknown command “BURN_RECORD”/,
    ],
    [
      'target',
      'interview',
      (chart) => {
        at(chart, `${interview}/pausedForCaution/on/RESUME_AFTER_CAUTION`)['target'] = 'underWay';
      },
      `${interview}/pausedForCaution/on/RESUME_AFTER_CAUTION/target`,
      /^Unknown state “underWay” in this region\. Did you mean “underway”\?$/,
    ],
    [
      'target in another region',
      'referral',
      (chart) => {
        at(chart, '/states/standing/states/valid/on/MARK_CORRECTED')['target'] = 'closed';
      },
      '/states/standing/states/valid/on/MARK_CORRECTED/target',
      /^Unknown state “closed” in this region/,
    ],
    [
      'group as a target',
      'case',
      (chart) => {
        at(chart, '/states/claim/states/ended/on/REOPEN_CLAIM')['target'] = 'open';
      },
      '/states/claim/states/ended/on/REOPEN_CLAIM/target',
      /“open” is a group: name one of its states/,
    ],
    [
      'initial state',
      'interview',
      (chart) => Object.assign(chart, { initial: 'helt' }),
      '/initial',
      /Did you mean “held”/,
    ],
    [
      'initial state of a region',
      'referral',
      (chart) => {
        at(chart, '/states/standing')['initial'] = 'vaild';
      },
      '/states/standing/initial',
      /Did you mean “valid”/,
    ],
    [
      'owning region',
      'referral',
      (chart) => {
        at(chart, '/commands/ACKNOWLEDGE')['region'] = 'delivry';
      },
      '/commands/ACKNOWLEDGE/region',
      /Did you mean “delivery”/,
    ],
    [
      'stage region',
      'referral',
      (chart) => Object.assign(chart, { stageRegion: 'x' }),
      '/stageRegion',
      /Unknown region “x”/,
    ],
  ])('is refused: %s', (_name, id, change, pointer, message) => {
    const problems = problemsAfter(id, change);
    expect(problems).toContainEqual({ file: `${id}.json`, pointer, message: expect.stringMatching(message) });
  });
});

describe('a chart that could be read in two ways', () => {
  test.each<[string, string, (chart: Json) => void, string, RegExp]>([
    [
      'a command without an owner',
      'referral',
      (chart) => {
        delete at(chart, '/commands/ACKNOWLEDGE')['region'];
      },
      '/commands/ACKNOWLEDGE',
      /must say which region owns it/,
    ],
    [
      'an owner in a chart without regions',
      'interview',
      (chart) => {
        at(chart, '/commands/GIVE_NOTICE')['region'] = 'held';
      },
      '/commands/GIVE_NOTICE/region',
      /Only a parallel chart has regions/,
    ],
    [
      'a command its owner never answers',
      'referral',
      (chart) => {
        at(chart, '/commands/MARK_CORRECTED')['region'] = 'delivery';
      },
      '/commands/MARK_CORRECTED',
      /No state of the owning region answers/,
    ],
    [
      'a command answered by a state and its group',
      'interview',
      (chart) => {
        at(chart, '/states/held/states/planned/on')['ABANDON_INTERVIEW'] = { target: 'abandoned' };
      },
      '/states/held/states/planned/on/ABANDON_INTERVIEW',
      /answered here and again by the group around it/,
    ],
    [
      'two states of one name',
      'interview',
      (chart) => {
        at(chart, '/states/held/states')['sealed'] = { meta: { label: 'Sealed?' } };
      },
      '/states/sealed',
      /occurs twice in this region/,
    ],
    [
      'a region that answers a command',
      'referral',
      (chart) => {
        at(chart, '/states/standing')['on'] = { MARK_CORRECTED: { target: 'corrected' } };
      },
      '/states/standing/on',
      /A region answers no command itself/,
    ],
    [
      'a final group',
      'interview',
      (chart) => {
        at(chart, '/states/held')['type'] = 'final';
      },
      '/states/held/type',
      /A group of states cannot be final/,
    ],
    [
      'a way out of a final state',
      'interview',
      (chart) => {
        at(chart, '/states/sealed/on/ADD_COMMENT')['target'] = 'abandoned';
      },
      '/states/sealed/on/ADD_COMMENT/target',
      /Nothing leaves a final state/,
    ],
    [
      'a transition that does nothing',
      'interview',
      (chart) => {
        at(chart, '/states/sealed/on')['ADD_COMMENT'] = {};
      },
      '/states/sealed/on/ADD_COMMENT',
      /changes nothing/,
    ],
  ])('is refused: %s', (_name, id, change, pointer, message) => {
    const problems = problemsAfter(id, change);
    expect(problems).toContainEqual({ file: `${id}.json`, pointer, message: expect.stringMatching(message) });
  });
});
