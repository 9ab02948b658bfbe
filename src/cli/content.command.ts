import { Command } from 'commander';
import { join } from 'node:path';
import { projectFolder } from '../project-folder.js';
import { readPackFiles } from '../questionnaires/pack-files.js';
import { readWorkflowFiles } from '../workflows/workflow-files.js';
import { diffCommand } from './diff.command.js';
import { exportCommand, importCommand } from './exchange.command.js';
import { answer } from './installation-in-use.js';
import { lintCommand } from './lint.command.js';
import { testCommand } from './scenario.command.js';

/** Checks of the files themselves; no database is needed. */
export const contentCommands = (): Command[] => [
  new Command('workflows').description('Workflow files').addCommand(
    new Command('check')
      .description('Compile and prove every chart in workflows/')
      .option('--json', 'one line of JSON')
      .action(({ json }: { json?: boolean }) => {
        const workflows = readWorkflowFiles(join(projectFolder(), 'workflows')).map(({ workflow }) => ({
          id: workflow.id,
          version: workflow.version,
          hash: workflow.hash,
          title: workflow.title,
        }));
        answer({ ok: true, workflows }, json, () =>
          workflows.map(({ id, version, hash, title }) => `${id} v${version}  ${hash.slice(0, 12)}  ${title}`),
        );
      }),
  ),
  new Command('questionnaires')
    .description('Questionnaire files')
    .addCommand(
      new Command('check')
        .description('Compile every pack in questionnaires/')
        .option('--json', 'one line of JSON')
        .action(({ json }: { json?: boolean }) => {
          const questionnaires = readPackFiles(join(projectFolder(), 'questionnaires')).flatMap(({ pack, plans }) =>
            plans.map((plan) => ({
              pack,
              id: plan.id,
              version: plan.version,
              hash: plan.hash,
              questions: plan.nodes.filter(({ kind }) => kind === 'question').length,
            })),
          );
          answer({ ok: true, questionnaires }, json, () =>
            questionnaires.map(
              ({ id, version, hash, questions }) => `${id} v${version}  ${hash.slice(0, 12)}  ${questions} questions`,
            ),
          );
        }),
    )
    .addCommand(testCommand())
    .addCommand(diffCommand())
    .addCommand(importCommand())
    .addCommand(exportCommand())
    .addCommand(lintCommand()),
];
