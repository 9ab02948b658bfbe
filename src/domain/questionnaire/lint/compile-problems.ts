import type { Problem } from '../problems.js';
import { CODES, type FindingCode } from './codes.js';
import type { Finding } from './finding.js';
import { finding } from './report.js';

/** By what a problem says; the first that fits. */
const KINDS: readonly (readonly [RegExp, FindingCode])[] = [
  [/^this is no pack, questionnaire, module or reference file/, 'notAFile'],
  [/^silence raises no/, 'silenceRaises'],
  [/cannot be asked of|does not compare two answers/, 'wrongOperator'],
  [/compares? with|no operator compares it|cannot be compared/, 'wrongComparison'],
  [/is used twice|^there are two /, 'duplicateId'],
  [/^the code .* stands twice/, 'duplicateCode'],
  [/is not asked before this/, 'forwardReference'],
  [/is defined by itself|is above itself|circle/, 'cycle'],
  [/is asked once per item of/, 'outsideRepeat'],
  [/states no words for when there is no answer|^a brace stands alone/, 'pipeWithoutFallback'],
  [
    /^there is no |has no (list|code|place|unit|rank|organisation|event|question|repeat)\b|that question does not exist/,
    'unknownReference',
  ],
  [/regular expression|a pattern has at most|look-around|quantifie/, 'dangerousPattern'],
];

/** What the compiler refuses, each with a stable code and what to write instead. */
export function compileFindings(problems: readonly Problem[]): Finding[] {
  return problems.map((problem) => {
    const code = KINDS.find(([says]) => says.test(problem.message))?.[1] ?? 'invalid';
    return finding(code, problem, problem.message, fixOf(problem.message, code));
  });
}

/** What a file's schema refuses. */
export function schemaFindings(file: string, problems: readonly { pointer: string; message: string }[]): Finding[] {
  return problems.map(({ pointer, message }) => {
    const code: FindingCode = /^"(purpose|basis)" is missing/.test(message)
      ? 'noPurposeOrBasis'
      : /^"sources" is missing/.test(message) || /\/sources$/.test(pointer)
        ? 'noSource'
        : /\/matches$/.test(pointer)
          ? 'dangerousPattern'
          : 'schema';
    return finding(code, { file, pointer }, message, schemaFix(message, code));
  });
}

/** What the compiler says names the cure itself; where it names the word that was meant, that word alone. */
function fixOf(message: string, code: FindingCode): string {
  const meant = /Did you mean "(.+?)"\?/.exec(message)?.[1];
  if (meant !== undefined) return `Write "${meant}".`;
  const usable = /use one of (.+)$/.exec(message)?.[1];
  if (usable !== undefined) return `Use one of ${usable}.`;
  const compared = /compares? with (.+?)(?:, not .*)?$/.exec(message)?.[1];
  if (compared !== undefined) return `Compare with ${compared}.`;
  if (code === 'invalid') return 'Write it as the reason says.';
  return CODES[code].instead.replace(/^`/, 'For example `');
}

const MISSING: Readonly<Record<string, string>> = {
  purpose: 'Add `"purpose"`: one of "inclusion", "exclusion", "witness", "identity".',
  basis:
    'Add `"basis"`: a list of the legal elements or publications, such as `["Regulation (EU) 2024/1347, Art. 4"]`.',
  innocent: 'Add `"innocent"`: what would explain it innocently, such as `[{ "en": "Cooks work there too." }]`.',
  ifUnclear:
    'Add `"ifUnclear"`: what an unclear result does. A question or section: "closed" or "open"; an indicator: "silent".',
  when: 'Add `"when"`, or take "ifUnclear" out.',
};

/** The message of a schema says what must be there. */
function schemaFix(message: string, code: FindingCode): string | undefined {
  const missing = /^"(.+)" is missing$|stands here without "(.+)";/
    .exec(message)
    ?.slice(1)
    .find((key) => key);
  if (missing !== undefined && code !== 'noSource') return MISSING[missing] ?? `Add "${missing}".`;
  if (code !== 'schema') return undefined;
  const wanted = /^must be (.+)$/.exec(message)?.[1];
  if (wanted !== undefined) return `Write ${wanted}.`;
  const meant = /Did you mean "(.+?)"\?/.exec(message)?.[1];
  if (meant !== undefined) return `Write "${meant}", or take it out.`;
  const written = /^is not written as required: (.+)$/.exec(message)?.[1];
  if (written !== undefined) return `Write it so: ${written}.`;
  return message.startsWith('this key does not exist')
    ? 'Correct its spelling, or take it out: `questionnaires/schema/` describes each key that may stand here.'
    : 'Write it as `questionnaires/schema/` describes this key.';
}
