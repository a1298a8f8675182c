import { expect, it } from 'vitest';
import { auditEntry } from '../../src/audit/record.ts';
import { Budget } from '../../src/budget/budget.ts';
import { anchorOf } from '../../src/certificate/trust-anchor.ts';
import type { SealgateError } from '../../src/error.ts';
import { explain } from '../../src/failure/explain.ts';
import { findPath } from '../../src/path/find.ts';
import { profiles } from '../../src/path/profile.ts';
import { failureOf } from '../failure-code.ts';
import {
  commonName,
  issue,
  name,
  newKeys,
  simpleChain,
  usage,
  usualTime,
  utf8,
} from '../path/certificates.ts';

const keys = newKeys();
const person = name(
  ['2.5.4.4', utf8('Петрова')],
  ['2.5.4.42', utf8('Анна Ивановна')],
  ['1.2.643.100.3', utf8('11223344595')],
  ['1.2.643.3.131.1.1', utf8('500100732259')],
);
const personal = /Петрова|Анна|11223344595|500100732259/;

it.each([
  ['root_untrusted', 'signed by itself', person, person],
  ['chain_incomplete', 'of an issuer that is a person', commonName('Signer'), person],
] as const)(
  '%s of a certificate %s names no person, in the audit or to anybody',
  (code, _, subject, issuer) => {
    const target = issue({ subject, issuer, keys, signer: keys, extensions: [usage(0xc0)] });
    const refusal = failureOf(() =>
      findPath({
        target,
        pool: [],
        anchors: [anchorOf(simpleChain().root)],
        at: usualTime,
        profile: profiles['qualified-gost'],
        budget: new Budget(),
      }),
    );
    expect(refusal.code).toBe(code);
    const { details }: SealgateError = refusal;
    expect(JSON.stringify(explain(refusal.code, details, 'ru'))).not.toMatch(personal);
    const { record } = auditEntry({ event: 'login.refused', at: usualTime, code, details });
    expect(record).not.toMatch(personal);
    expect(record).toContain(target.serialNumberHex);
  },
);

it('an authority is named by its organisation, or else its common name', () => {
  const short = (subject: Uint8Array) =>
    issue({ subject, issuer: subject, keys, signer: keys, extensions: [] }).shortName;
  expect(short(commonName('Authority'))).toBe('Authority');
  expect(short(name(['2.5.4.3', utf8('Root 1')], ['2.5.4.10', utf8('Authority')]))).toBe('Authority');
});
