import type { Command } from 'commander';
import { language } from '../environment.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { alignColumns, paintFor } from '../terminal/table.ts';
import { closeModules } from '../token/token-module.ts';
import { examine } from './examine.ts';
import type { Finding } from './finding.ts';

/** Adds `sealgate doctor` to a program. */
export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('look at what a sign-in depends on on this machine, and say what to mend')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      try {
        const findings = await examine(language(), Date.now());
        process.stdout.write(
          json === true ? `${JSON.stringify(findings, null, 2)}\n` : `${lines(findings)}\n`,
        );
        process.exitCode = findings.some(({ state }) => state === 'bad') ? exitCode.refused : exitCode.passed;
      } finally {
        closeModules();
      }
    });
}

const marks = { good: '✓', warning: '!', bad: '✗' } as const;

function lines(findings: readonly Finding[]): string {
  const paint = paintFor(process.stdout);
  const colours = { good: paint.good, warning: paint.warn, bad: paint.bad };
  const rows = findings.flatMap(({ name, state, found, code, remedy }) => [
    [
      { text: marks[state], paint: colours[state] },
      { text: name, paint: paint.bold },
      code === undefined ? found : `${found} [${code}]`,
    ],
    ...(remedy === undefined ? [] : [['', '', `→ ${remedy}`]]),
  ]);
  return alignColumns(rows);
}
