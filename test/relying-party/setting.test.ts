import { expect, it } from 'vitest';
import { policySchema } from '../../src/relying-party/registration.ts';
import {
  changedSettings,
  policySettings,
  policyWith,
  type SettingName,
  settingOf,
} from '../../src/relying-party/setting.ts';

it('lists every setting of the schema once, those of groups by their place', () => {
  const names = policySettings.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const key of Object.keys(policySchema.shape)) {
    expect(names.some((name) => name === key || name.startsWith(`${key}.`))).toBe(true);
  }
  expect(names).toContain('revocation.breakGlass.until');
});

it('tells the kinds, the choices and the defaults of settings', () => {
  const known = new Map(policySettings.map(({ name, ...setting }) => [name, setting]));
  expect(known.get('requireQualified')).toEqual({ kind: 'flag', initial: true });
  expect(known.get('sessionLimit')).toEqual({ kind: 'number' });
  expect(known.get('minimumClass')).toMatchObject({ kind: 'text', initial: 'KC1' });
  expect(known.get('revocation.order')).toEqual({
    kind: 'texts',
    choices: ['crl', 'ocsp'],
    initial: ['crl', 'ocsp'],
  });
});

it('puts values together as the schema has them, and finds those that differ from the default', () => {
  const values = new Map<SettingName, unknown>([
    ['clockSkewSeconds', 60],
    ['revocation.graceMinutes', 30],
    ['revocation.order', ['crl', 'ocsp']],
  ]);
  const policy = policySchema.parse(policyWith(values));
  expect(changedSettings(policy).map(({ setting, value }) => [setting.name, value])).toEqual([
    ['clockSkewSeconds', 60],
    ['revocation.graceMinutes', 30],
  ]);
  expect(settingOf(policy, { name: 'revocation.breakGlass.until' })).toBeUndefined();
  expect(changedSettings(policySchema.parse({}))).toEqual([]);
});
