import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addPolicyOptions, givenPolicy } from '../../src/operator/policy-options.ts';
import { policySchema } from '../../src/relying-party/registration.ts';
import { policySettings } from '../../src/relying-party/setting.ts';

function given(...words: string[]): Record<string, unknown> {
  return givenPolicy(addPolicyOptions(new Command()).parse(words, { from: 'user' }));
}

describe('options of a relying party’s policy', () => {
  it('are one for each setting of the schema', () => {
    const { options } = addPolicyOptions(new Command());
    expect(options).toHaveLength(policySettings.length);
    expect(new Set(options.map((option) => option.attributeName())).size).toBe(policySettings.length);
  });

  it('leave out what was not given, so that the schema’s defaults hold', () => {
    expect(given()).toEqual({});
    expect(given('--require-registered')).toEqual({ requireRegistered: true });
  });

  it('cover all settings together', () => {
    const policy = given(
      '--allow-missing-signing-certificate',
      '--allow-utf16-content',
      '--accept-mislabelled-gost',
      ...['--clock-skew-seconds', '0'],
      '--no-require-qualified',
      ...['--minimum-class', 'KC2'],
      ...['--revocation-order', 'ocsp', 'crl'],
      '--revocation-accept-message-values',
      ...['--revocation-grace-minutes', '60'],
      ...['--revocation-maximum-age-minutes', '1440'],
      '--revocation-require-nonce',
      ...['--revocation-without-nonce-minutes', '30'],
      ...['--revocation-patience-seconds', '10'],
      ...['--revocation-preferred-patience-seconds', '0.5'],
      ...['--revocation-break-glass-reason', 'responder down'],
      ...['--revocation-break-glass-operator', 'Petrova'],
      ...['--revocation-break-glass-from', '2026-11-21T12:00:00Z'],
      ...['--revocation-break-glass-until', '2026-11-22T12:00:00Z'],
      ...['--session-limit', '5'],
      ...['--signer-session-limit', '2'],
      ...['--session-minutes', '60'],
      ...['--session-idle-minutes', '15'],
      ...['--lock-out-refusals', '20'],
      ...['--lock-out-address-refusals', '60'],
      ...['--lock-out-organisation-refusals', '300'],
      ...['--lock-out-minutes', '30'],
      '--require-registered',
      '--no-compare-names',
      '--require-connected-carrier',
      ...['--power', 'A.1', 'B.2'],
      '--allow-delegation',
      '--allow-systems',
      '--allow-persons',
      '--organisation-view',
    );
    expect(policySchema.parse(policy)).toEqual(policy);
    expect(policy).toMatchObject({ requireQualified: false, acceptedPowers: ['A.1', 'B.2'] });
  });

  it.each([
    ['a class that there is not', ['--minimum-class', 'KC9'], ['--minimum-class', 'KA1']],
    ['a clock more than an hour off', ['--clock-skew-seconds', '3601'], ['--clock-skew-seconds', '3600']],
    ['a word for a number', ['--session-limit', 'ten'], ['--session-limit', '10']],
    ['nothing for a number', ['--clock-skew-seconds', ''], ['--clock-skew-seconds', '0']],
    ['a lock-out of more than a day', ['--lock-out-minutes', '1441'], ['--lock-out-minutes', '1440']],
    ['a lock-out after nothing', ['--lock-out-refusals', '0'], ['--lock-out-refusals', '1']],
    ['half a session', ['--session-limit', '1.5'], ['--session-limit', '1']],
    ['a source twice', ['--revocation-order', 'crl', 'crl'], ['--revocation-order', 'crl']],
    [
      'more patience for one source than for all',
      ['--revocation-preferred-patience-seconds', '9'],
      ['--revocation-preferred-patience-seconds', '8'],
    ],
    [
      'break-glass without an operator',
      breakGlass('2026-11-21T12:00:00Z').slice(0, -2),
      breakGlass('2026-11-21T12:00:00Z'),
    ],
    [
      'break-glass for more than a day',
      breakGlass('2026-11-21T11:59:59Z'),
      breakGlass('2026-11-21T12:00:00Z'),
    ],
  ])('leave it to the schema to refuse %s, and the nearest that is right passes', (_, wrong, right) => {
    expect(policySchema.safeParse(given(...wrong)).success).toBe(false);
    expect(policySchema.safeParse(given(...right)).success).toBe(true);
  });
});

function breakGlass(from: string): string[] {
  return [
    ...['--revocation-break-glass-reason', 'responder down'],
    ...['--revocation-break-glass-from', from],
    ...['--revocation-break-glass-until', '2026-11-22T12:00:00Z'],
    ...['--revocation-break-glass-operator', 'Petrova'],
  ];
}
