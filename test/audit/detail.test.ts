import { describe, expect, it } from 'vitest';
import { keptDetails } from '../../src/audit/detail.ts';
import { type AuditEvent, auditEntry } from '../../src/audit/record.ts';
import { failureCodes } from '../../src/failure/catalogue.ts';
import { detailKinds } from '../../src/failure/details.ts';

function detailsOf(event: Partial<AuditEvent>): unknown {
  const { record } = auditEntry({ event: 'login.refused', at: 1, ...event });
  return (JSON.parse(record) as { details: unknown }).details;
}

describe('the details of a refusal', () => {
  it('leave out whatever could name a person, wherever it stands', () => {
    const names = { certificate: 'Петрова', root: 'SN=Петрова', issuer: 'SNILS=1', found: 'p@example.org' };
    const details = {
      ...names,
      serialNumber: '03e9',
      differences: [
        { field: 'inn', certificate: '9901001013', register: '9901002024' },
        { field: 'inn', certificate: '9901001013', signedText: '9901002024' },
        { field: 'name', certificate: 'ИП Петрова', register: 'ИП Иванова' },
        { field: 'representative', certificate: '**********59', register: '**********60' },
      ],
      problems: [{ problem: 'stale', source: 'http://a/', details: { ...names, rule: 'r' } }],
    };
    expect(detailsOf({ code: 'chain_invalid', details })).toEqual({
      serialNumber: '03e9',
      differences: [
        { field: 'inn', certificate: '9901001013', register: '9901002024' },
        { field: 'inn', certificate: '9901001013', signedText: '9901002024' },
        { field: 'name' },
        { field: 'representative' },
      ],
      problems: [{ problem: 'stale', source: 'http://a/', details: { rule: 'r' } }],
    });
  });

  it('of an event that is no refusal are the service’s own, and stay', () => {
    expect(detailsOf({ event: 'trust.added', details: { role: 'anchor', note: 'a' } })).toEqual({
      role: 'anchor',
      note: 'a',
    });
  });

  /** What failures tell and the audit does not keep: names, texts of strangers, and what belongs to the workplace. */
  const leftOut = [
    'address',
    'argument',
    'browser',
    'certificate',
    'certificates',
    'claim',
    'client',
    'command',
    'error',
    'evidence',
    'expected',
    'file',
    'files',
    'found',
    'help',
    'host',
    'id',
    'identifier',
    'issuer',
    'keys',
    'mechanism',
    'message',
    'method',
    'named',
    'octetOrder',
    'organisation',
    'origin',
    'path',
    'policy',
    'ports',
    'restricted',
    'result',
    'role',
    'root',
    'session',
    'signer',
    'slot',
    'socket',
    'token',
    'tokens',
    'triesLeft',
    'until',
    'value',
  ];

  it('are each decided on: what a failure declares is kept, or left out on purpose', () => {
    const declared = new Set(failureCodes.flatMap((code) => Object.keys(detailKinds(code))));
    expect([...declared].filter((name) => !keptDetails.has(name)).sort()).toEqual(leftOut);
  });
});
