/** Logical sides only, so that the same sheet serves both directions; a question is never torn apart between pages. */
export const PRINT_STYLE = `
:root { color-scheme: light; --ink: #1a1a1a; --quiet: #555; --line: #8a8a8a; --wash: #f3f3f0; }
* { box-sizing: border-box; }
body { margin: 2rem auto; max-inline-size: 46rem; padding-inline: 1.5rem; color: var(--ink); background: #fff;
  font: 11pt/1.45 "Noto Sans", "Noto Sans Arabic", "Vazirmatn", system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.2; margin-block: 0 .25rem; }
h2 { font-size: 1.2rem; margin-block: 2.2rem .4rem; border-block-end: 2px solid var(--ink); padding-block-end: .2rem; break-after: avoid; }
h3 { font-size: 1.02rem; margin-block: 1rem .3rem; break-after: avoid; }
.meta, .id, .marks { color: var(--quiet); font-size: .82rem; }
.id { font-family: ui-monospace, monospace; direction: ltr; unicode-bidi: isolate; }
.draft { border: 1px solid var(--line); border-radius: 3px; padding-inline: .25rem; color: var(--quiet); font-size: .7rem; font-weight: 400; white-space: nowrap; }
.sheet { display: grid; grid-template-columns: 1fr 1fr; gap: .5rem; margin-block: 1rem; break-inside: avoid; }
.sheet div { border: 1px solid var(--line); min-block-size: 3.2rem; padding: .2rem .45rem; color: var(--quiet); font-size: .82rem; }
.question { break-inside: avoid; margin-block: 1.1rem; }
.asked { font-size: 1.05rem; font-weight: 600; }
.number { color: var(--quiet); font-weight: 400; margin-inline-end: .4rem; }
.if { font-style: italic; margin-block: .2rem; }
.note { background: var(--wash); border-inline-start: 3px solid var(--line); padding: .35rem .6rem; margin-block: .35rem; font-size: .9rem; }
.note b, .codes b { display: block; font-size: .75rem; text-transform: uppercase; letter-spacing: .04em; color: var(--quiet); }
.codes { font-size: .9rem; margin-block: .35rem; }
.codes ul { list-style: none; margin: .1rem 0 0; padding: 0; columns: 2; column-gap: 1.5rem; }
.codes li { break-inside: avoid; padding-inline-start: 1.3em; text-indent: -1.3em; }
.line { border-block-end: 1px solid var(--line); block-size: 1.7em; }
.not-said { font-size: .82rem; color: var(--quiet); margin-block-start: .3rem; white-space: pre-wrap; }
.follow, .repeat { margin-inline-start: 1.4rem; }
.repeat { border-inline-start: 2px solid var(--line); padding-inline-start: .9rem; margin-inline-start: .2rem; }
@page { size: A4; margin: 18mm 16mm; }
@media print { body { margin: 0; max-inline-size: none; padding: 0; font-size: 10pt; } .note { background: none; } }
`;
