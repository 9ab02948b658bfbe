const bold = (text: string): string => (process.stdout.isTTY ? `\u001b[1m${text}\u001b[0m` : text);
const write = (line: string): void => void process.stdout.write(`${line}\n`);

export interface Narrator {
  title(text: string): void;
  step(who: string, what: string): void;
  note(text: string): void;
  state(state: Readonly<Record<string, string>>): void;
}

/** Tells on the terminal what happens, step by step. */
export const narrator: Narrator = {
  title: (text: string): void => write(`\n${bold(`== ${text}`)}`),
  step: (who: string, what: string): void => write(`\n${bold(who.padEnd(12))} ${what}`),
  note: (text: string): void => write(`             ${text}`),
  state: (state: Readonly<Record<string, string>>): void =>
    write(
      `             state: ${Object.entries(state)
        .map(([region, name]) => `${region} ${name}`)
        .join(', ')}`,
    ),
};

/** The same without what is asked and answered, for a case like one told before. */
export const briefly: Narrator = {
  ...narrator,
  note: (text: string): void => (/^[?! ]/.test(text) ? undefined : narrator.note(text)),
};
