import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { everyAlgorithm } from '../../src/algorithm/policy.ts';
import { Budget } from '../../src/budget/budget.ts';
import { isFailure } from '../../src/error.ts';
import { Checks } from '../../src/report/check.ts';
import { openMessage } from '../../src/signature/signed-message.ts';
import { verifySigner } from '../../src/signature/verify.ts';
import { readSignedMail } from './smime.ts';
import type { CaseResult, Suite } from './suite.ts';

interface Case {
  readonly id: string;
  readonly file: string;
  readonly format: 'cms' | 'smime';
  readonly content?: string;
  readonly expected: {
    readonly signature: 'valid' | 'invalid' | 'indeterminate' | 'implementation-dependent';
  };
  readonly note?: string;
}

function readMessage(octets: Buffer): Buffer {
  const pem = /-----BEGIN [^-]+-----([^-]+)-----END/.exec(octets.toString('latin1'));
  return pem === null ? octets : Buffer.from(pem[1] ?? '', 'base64');
}

function judge(folder: string, test: Case): 'valid' | 'invalid' | 'indeterminate' {
  const file = readFileSync(join(folder, test.file));
  const mail =
    test.format === 'smime' ? readSignedMail(file) : { message: readMessage(file), content: undefined };
  try {
    const budget = new Budget();
    const message = openMessage(mail.message, budget);
    const { signedData } = message;
    const given = test.content === undefined ? mail.content : readFileSync(join(folder, test.content));
    const content = given ?? signedData.content;
    const [signer] = signedData.signers;
    if (content === undefined || signer === undefined) return 'indeterminate';
    const rules = {
      // The suite is about mathematics and form.
      algorithms: everyAlgorithm,
      requiresSignedAttributes: false,
      requiresSigningCertificate: false,
      acceptsUtf16Content: false,
    };
    verifySigner(message, signer, content, rules, new Checks(), budget);
    return 'valid';
  } catch (error) {
    if (isFailure(error, 'signer_certificate_missing')) return 'indeterminate';
    if (isFailure(error)) return 'invalid';
    throw error;
  }
}

/** CMS, CAdES and S/MIME messages of several makers: digest and signature of the first signer, not trust. */
export const suite: Suite = {
  name: 'cms',
  recognises(folder) {
    const manifest = join(folder, 'manifest.json');
    if (!existsSync(manifest)) return false;
    const { tests } = JSON.parse(readFileSync(manifest, 'utf8')) as { tests?: Partial<Case>[] };
    return (
      Array.isArray(tests) && tests[0]?.format !== undefined && tests[0].expected?.signature !== undefined
    );
  },
  *run(folder): Iterable<CaseResult> {
    const { tests } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { tests: Case[] };
    for (const test of tests) {
      const found = judge(folder, test);
      const { signature: expected } = test.expected;
      if (expected === 'implementation-dependent') {
        yield {
          id: test.id,
          outcome: 'skipped',
          reason: `two well-known implementations disagree; found ${found}: ${test.note}`,
        };
      } else if (found === expected) {
        yield { id: test.id, outcome: 'passed' };
      } else {
        yield { id: test.id, outcome: 'failed', reason: `found ${found}, expected ${expected}` };
      }
    }
  },
};
