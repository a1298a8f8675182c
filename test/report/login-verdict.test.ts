import { describe, expect, it } from 'vitest';
import { type FailureCode, SealgateError } from '../../src/error.ts';
import { failureCodes, failures } from '../../src/failure/catalogue.ts';
import { type Check, Checks } from '../../src/report/check.ts';
import { type LoginVerdict, loginVerdict } from '../../src/report/login-verdict.ts';
import { reportPage } from '../../src/report/page.ts';
import { type SectionName, sectionNames } from '../../src/report/section.ts';
import { sampleFailure } from '../failure-code.ts';

function outcomes({ sections }: LoginVerdict): Record<string, string> {
  return Object.fromEntries(sections.map(({ section, outcome }) => [section, outcome]));
}

function someChecks(): Checks {
  const checks = new Checks();
  checks.passed('signature', 'signature.value');
  const tried = { path: 1, certificates: ['signer', 'authority'], anchor: 'root' };
  checks.passed('path', 'path.tried', tried);
  checks.passed('path', 'path.term', { path: 1, position: 1 });
  checks.passed('path', 'path.term', { path: 1, position: 2 });
  checks.passed('revocation', 'revocation.crl');
  return checks;
}

describe('the verdict of a login', () => {
  it('tells every part apart, and says of those that nobody asked for that they were not checked', () => {
    const verdict = loginVerdict(someChecks().list);
    expect(verdict.indication).toBe('TOTAL-PASSED');
    expect(verdict.sections.map(({ section }) => section)).toEqual(sectionNames);
    expect(outcomes(verdict)).toEqual({
      signature: 'passed',
      certificate: 'passed',
      trust: 'passed',
      revocation: 'passed',
      qualification: 'skipped',
      organisation: 'skipped',
      authority: 'skipped',
    });
    const own = verdict.sections.find(({ section }) => section === 'certificate');
    expect(own?.checks).toMatchObject([{ name: 'path.term', details: { position: 2 } }]);
  });

  it('names the part that refused, with cause and remedy in both languages', () => {
    const checks = someChecks();
    const failure = new SealgateError('certificate_revoked', {
      certificate: 'A',
      serialNumber: '01',
      revokedAt: new Date(0),
      reason: 'keyCompromise',
    });
    checks.add({ stage: 'revocation', name: 'revocation.status', outcome: 'failed', code: failure.code });
    const verdict = loginVerdict(checks.list, failure);
    expect(verdict).toMatchObject({
      indication: 'TOTAL-FAILED',
      subIndication: 'REVOKED',
      code: failure.code,
    });
    const refused = verdict.sections.find(({ outcome }) => outcome === 'failed');
    expect(refused).toMatchObject({ section: 'revocation', code: failure.code });
    expect(refused?.en.cause).toContain('compromised');
    expect(refused?.ru.cause).toContain('скомпрометирован');
    expect(refused?.en.remedy).not.toBe('');
    expect(outcomes(verdict).signature).toBe('passed');
  });

  it('counts a path that failed beside the one that held as no failure', () => {
    const checks = someChecks();
    checks.add({ stage: 'path', name: 'path.candidate', outcome: 'failed', code: 'chain_invalid' });
    expect(outcomes(loginVerdict(checks.list)).trust).toBe('passed');
  });

  it('of a failure that is not of the verification leaves every part as it was', () => {
    const verdict = loginVerdict(someChecks().list, new SealgateError('challenge_used'));
    expect(verdict.indication).not.toBe('TOTAL-PASSED');
    expect(verdict.sections.some(({ outcome }) => outcome === 'failed')).toBe(false);
  });

  const places: Partial<Record<FailureCode, SectionName>> = {
    signature_invalid: 'signature',
    clock_skewed: 'signature',
    algorithm_forbidden: 'signature',
    certificate_expired: 'certificate',
    private_key_period_over: 'certificate',
    root_untrusted: 'trust',
    authority_not_accredited: 'trust',
    trust_list_unavailable: 'trust',
    revocation_unavailable: 'revocation',
    assurance_too_low: 'qualification',
    organisation_mismatch: 'organisation',
    certificate_not_bound: 'organisation',
    authority_unproven: 'authority',
    power_of_attorney_scope: 'authority',
  };
  for (const [code, section] of Object.entries(places)) {
    it(`${code} refuses in the part ${section}`, () => {
      const verdict = loginVerdict([], sampleFailure(code as FailureCode));
      expect(verdict.sections.filter(({ outcome }) => outcome === 'failed')).toMatchObject([{ section }]);
    });
  }

  it('has a part for every failure of signature, path, revocation, qualification and organisation', () => {
    const stages = ['signature', 'path', 'revocation', 'qualification', 'organisation'];
    for (const code of failureCodes.filter((each) => stages.includes(failures[each].stage))) {
      const verdict = loginVerdict([], sampleFailure(code));
      expect(
        verdict.sections.filter(({ outcome }) => outcome === 'failed'),
        code,
      ).toHaveLength(1);
    }
  });
});

describe('the page of a report', () => {
  const hostile = '</td><script>alert("1")</script>\u202e\u0000';
  // As it might stand in evidence that somebody made up.
  const row = {
    stage: 'signature',
    name: hostile,
    outcome: 'passed',
    subject: hostile,
    details: { [hostile]: hostile },
  };
  const page = reportPage({
    at: Date.parse('2026-11-21T12:00:00Z'),
    verdict: loginVerdict(
      [row as unknown as Check],
      new SealgateError('organisation_mismatch', {
        differences: [{ field: 'name', certificate: hostile, register: hostile }],
      }),
    ),
    facts: [[{ en: 'Organisation', ru: 'Организация' }, hostile]],
    text: `${hostile}\nsecond line`,
  });

  it('escapes whatever came from a stranger, and loads and runs nothing', () => {
    expect(page).not.toContain('<script');
    expect(page).not.toContain('\u202e');
    expect(page).not.toContain('\u0000');
    expect(page).not.toMatch(/\b(src|href|on\w+)=/);
    expect(page).toContain("default-src 'none'");
  });

  it('is in English and in Russian', () => {
    expect(page).toContain('The sign-in was refused');
    expect(page).toContain('Во входе отказано');
    expect(page).toContain('second line');
  });
});
