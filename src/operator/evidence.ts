import { readFileSync, statSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { SealgateError } from '../error.ts';
import { largestArchive } from '../evidence/archive.ts';
import { openBundle } from '../evidence/bundle.ts';
import { exportEvidence } from '../evidence/export.ts';
import { replay } from '../evidence/replay.ts';
import { showDate } from '../failure/value.ts';
import { sectionTitle } from '../report/section-wording.ts';
import { language } from '../terminal/command.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { loginVerifier } from '../verify-login.ts';
import { type Operation, operate, type Report, tell } from './operate.ts';

/** Adds `sealgate audit export` and `sealgate audit replay` to the audit's commands. */
export function evidenceCommands(audit: Command): void {
  audit
    .command('export')
    .description('write the evidence of a sign-in to a ZIP file')
    .argument('<id>', 'number of the record (audit list), session id or trace id')
    .requiredOption('--out <file>', 'file to write; it must not exist yet')
    .option('--json', 'print JSON')
    .action((id: string, { out, json }: { out: string; json?: boolean }) =>
      operate(json === true, (operation) => exportReport(operation, id, out)),
    );
  audit
    .command('replay')
    .description(
      'check the evidence of a sign-in again, offline and at its own time, and compare the verdicts',
    )
    .argument('<file>', 'ZIP file that audit export wrote')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExit code: 0 the same verdict, 1 another one or changed evidence, 2 no usable evidence.',
    )
    .action((file: string, { json }: { json?: boolean }) => replayFile(file, json === true));
}

/** Writes a bundle. It names persons, so that nobody but the operator may read it. */
export async function exportReport({ database }: Operation, id: string, out: string): Promise<Report> {
  const octets = await exportEvidence(database, id);
  try {
    writeFileSync(out, octets, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw new SealgateError(
      'configuration_invalid',
      { field: out, problem: 'cannot be written' },
      { cause: error },
    );
  }
  return {
    exitCode: exitCode.passed,
    json: { file: out, octets: octets.length },
    lines: [`${out}: ${octets.length} bytes`],
  };
}

async function replayFile(file: string, json: boolean): Promise<void> {
  try {
    const report = await replayReport(readBundle(file));
    process.stdout.write(
      json ? `${JSON.stringify(report.json)}\n` : report.lines.map((line) => `${line}\n`).join(''),
    );
    process.exitCode = report.exitCode;
  } catch (error) {
    tell(error, json);
  }
}

function readBundle(file: string): Uint8Array {
  try {
    if (statSync(file).size > largestArchive)
      throw new SealgateError('evidence_malformed', { problem: 'larger than any evidence' });
    return readFileSync(file);
  } catch (error) {
    if (error instanceof SealgateError) throw error;
    throw new SealgateError('file_unreadable', { file }, { cause: error });
  }
}

/** What `audit replay` reports of a bundle. Throws `evidence_changed`, `evidence_malformed`. */
export async function replayReport(octets: Uint8Array): Promise<Report> {
  const bundle = openBundle(octets);
  const { at, recorded, verdict, differences } = await replay(bundle, loginVerifier);
  const { sequence, hash } = bundle.manifest.audit;
  const isSame = differences.length === 0;
  const { indication, subIndication, code } = verdict;
  const spoken = language();
  const time = showDate(new Date(at), spoken) ?? String(at);
  return {
    exitCode: isSame ? exitCode.passed : exitCode.refused,
    json: {
      same: isSame,
      at: new Date(at).toISOString(),
      audit: { sequence, hash },
      recorded: { indication: recorded.indication, code: recorded.code },
      verdict,
      differences,
    },
    lines: [
      [indication, subIndication, code].filter((part) => part !== undefined).join(', '),
      `${time}, record ${sequence} of the audit, ${hash}`,
      ...verdict.sections.map(
        ({ section, outcome, [spoken]: { cause } }) =>
          `${outcome.padEnd(8)}  ${sectionTitle(section, spoken)}: ${cause}`,
      ),
      ...(isSame
        ? ['The verdict is the same as then.']
        : ['The verdict is not the same as then:', ...differences]),
    ],
  };
}
