import { CODES, type CodeMeaning } from './codes.js';
import type { Severity } from './finding.js';

const HEADINGS: Readonly<Record<Severity, string>> = {
  error: 'Errors: the questionnaire cannot be published',
  warning: 'Warnings: to be mended before publishing',
  advice: 'Advice: to be weighed by the author',
};

const INTRODUCTION = `# What the proof of a questionnaire finds

\`npm run -s f1 -- questionnaires lint <pack, questionnaire or path> [--json]\` proves a questionnaire before it is used. Each
finding has a code, the place (file and JSON Pointer), the reason in a sentence, the smallest set of answers that shows it
where answers can, and what to write instead. The command ends with exit code 1 while an error or a warning remains.

## How far the proof goes

Whether a question can be asked, an indicator raised or a clause make a difference is decided by a proof over all
interviews there could be, not by trying some: every question may be unanswered, not known, refused, not asked or answered;
answers count only while their question is open; conditions come out as yes, no or unclear.

- **Exact** for yes or no, choices, reference entries, numbers, statuses, several codes at once with how few and how many
  may be chosen, comparisons of two such answers with each other, the applicant being a child or not, and repeats, in each
  other too: as many items are looked at as could make a difference.
- **Wider than life**, never narrower, for the rest: dates may lie in any way between the days that conditions mention; what
  is worked out from other answers may have any value; two dates compared with each other may lie either way, so
  that "a before b" and "b before a" are not seen to exclude each other; a clause that needs
  more than some ten items, or a date compared with very many different days, is taken as free; that checks refuse some
  answers is left out of account. What is reported as impossible is therefore impossible; something impossible may go
  unreported there.
- Modules are proven once, on their own; where a questionnaire includes one, the condition of the inclusion is proven.
- Wording is looked at in English only.

This page is printed by \`npm run -s f1 -- questionnaires lint --guide\`.
`;

/** The guide for authors: every code with what it means, an example and what to write instead, as Markdown. */
export function lintGuide(): string {
  const sections = (Object.keys(HEADINGS) as Severity[]).map((severity) => {
    const codes = (Object.entries(CODES) as [string, CodeMeaning][]).filter(([, code]) => code.severity === severity);
    return `## ${HEADINGS[severity]}\n\n${codes.map(entry).join('\n')}`;
  });
  return [INTRODUCTION, ...sections].join('\n');
}

const entry = ([code, { title, means, example, instead }]: [string, CodeMeaning]): string =>
  `### ${title}: \`${code}\`\n\n${means}\n\n- For example: ${example}\n- Instead: ${instead}\n`;
