import { reachesClass } from '../qualified/tool-class.ts';
import type { Policy } from '../relying-party/registration.ts';
import { policySettings, type SettingName, settingOf } from '../relying-party/setting.ts';

/** Settings that say nothing of how a signature has to be verified. */
const otherwise: ReadonlySet<SettingName> = new Set([
  'sessionLimit',
  'signerSessionLimit',
  'sessionMinutes',
  'sessionIdleMinutes',
  'lockOut.refusals',
  'lockOut.addressRefusals',
  'lockOut.organisationRefusals',
  'lockOut.minutes',
  'organisationView',
]);

/** Flags that ask for more where they are on; all others concede something. */
const demanding: ReadonlySet<SettingName> = new Set([
  'requireQualified',
  'requireRegistered',
  'compareNames',
  'requireConnectedCarrier',
  'revocation.requireNonce',
]);

/**
 * Whether a signature that was verified under `verified` is good enough for a relying party with `policy`: it asks for
 * nothing that was not asked for, and concedes whatever was conceded. Where two settings cannot be told apart by that,
 * only the same will do.
 */
export function isNoStricter(policy: Policy, verified: Policy): boolean {
  return policySettings.every((setting) => {
    const { name, kind } = setting;
    if (otherwise.has(name)) return true;
    if (name === 'minimumClass') return reachesClass(verified.minimumClass, policy.minimumClass);
    const [wanted, had] = [settingOf(policy, setting), settingOf(verified, setting)];
    if (kind === 'flag')
      return demanding.has(name) ? had === true || wanted !== true : wanted === true || had !== true;
    return JSON.stringify(wanted) === JSON.stringify(had);
  });
}
