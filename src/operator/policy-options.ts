import { type Command, Option } from 'commander';
import {
  type PolicySetting,
  policySettings,
  policyWith,
  type SettingName,
} from '../relying-party/setting.ts';

const described: Readonly<Record<SettingName, string>> = {
  allowMissingSigningCertificate: 'accept CMS without a signing-certificate attribute',
  allowUtf16Content: 'accept the challenge signed in UTF-16LE',
  acceptMislabelledGost: 'accept GOST R 34.10-2012 under the name of GOST R 34.10-2001',
  clockSkewSeconds: 'how far the signing time may lie from the service’s clock',
  requireQualified: 'let in certificates that are not qualified as well',
  minimumClass: 'lowest class of the tool that a qualified certificate’s key signs with',
  'revocation.order': 'sources of revocation that are accepted, in the order in which they are asked',
  'revocation.acceptMessageValues':
    'take lists and answers inside of the message where nobody who was asked could answer',
  'revocation.graceMinutes':
    'how long after their term lists and answers are taken where nothing newer is had',
  'revocation.maximumAgeMinutes': 'take no lists and answers issued longer ago than this',
  'revocation.requireNonce': 'take only OCSP answers that repeat the nonce',
  'revocation.withoutNonceMinutes':
    'how long ago an OCSP answer may have been produced that leaves out the nonce',
  'revocation.patienceSeconds': 'longest time that a sign-in waits for the network',
  'revocation.preferredPatienceSeconds':
    'how long it waits for the first source where another has fresh evidence at hand',
  'revocation.breakGlass.reason': 'let pass what cannot be checked, for a while: why',
  'revocation.breakGlass.operator': '… by whose decision',
  'revocation.breakGlass.from': '… from when on, such as 2026-11-21T12:00:00Z',
  'revocation.breakGlass.until': '… until when, a day later at most',
  sessionLimit: 'how many sessions one organisation may have at once',
  signerSessionLimit: '… one person of it may have',
  sessionMinutes: 'how long a session lasts at most',
  sessionIdleMinutes: 'end a session that was not used for so long',
  'lockOut.refusals': 'lock a certificate out after so many refusals that its signer causes',
  'lockOut.addressRefusals': '… an address, where the portal tells it, after so many',
  'lockOut.organisationRefusals': '… a whole organisation after so many',
  'lockOut.minutes': '… within so many minutes, and for as long',
  requireRegistered: 'let in only organisations of the register, signed for by right',
  compareNames: 'do not compare the certificate’s name with the register’s',
  requireConnectedCarrier: 'let in only certificates that the organisation has connected',
  acceptedPowers: 'powers of attorney that let a representative in: any of these codes',
  allowDelegation: 'accept powers of attorney that were handed on, once',
  allowSystems: 'let in systems that sign with an organisation’s seal, which names no person',
  allowPersons: 'let in natural persons who sign for no organisation',
  organisationView: 'open /v1/organisations to the organisations that sign in through it',
};

/** Options that are not called after their setting. */
const ownNames: Partial<Record<SettingName, string>> = { acceptedPowers: 'power' };

const options = policySettings.map((setting) => ({ setting, option: optionOf(setting) }));

/**
 * Adds an option for every setting of a relying party's policy, called after it (`revocation.graceMinutes` is
 * `--revocation-grace-minutes`); one that is on by default is switched off by `--no-…`. What the values have to be
 * is for the schema of registrations to say.
 */
export function addPolicyOptions(command: Command): Command {
  for (const { option } of options) command.addOption(option);
  return command;
}

/** The policy that the options of a command ask for, not checked yet; what was not given is absent. */
export function givenPolicy(command: Command): Record<string, unknown> {
  const given = options.filter(
    ({ option }) => command.getOptionValueSource(option.attributeName()) === 'cli',
  );
  return policyWith(
    new Map(
      given.map(({ setting, option }) => [
        setting.name,
        readValue(setting, command.getOptionValue(option.attributeName())),
      ]),
    ),
  );
}

function optionOf(setting: PolicySetting): Option {
  const { name, kind, choices, initial } = setting;
  const dashed = (ownNames[name] ?? name)
    .replaceAll('.', '-')
    .replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const isOn = initial === true;
  const value = { flag: '', number: ' <number>', text: ' <value>', texts: ' <value...>' }[kind];
  const usual = Array.isArray(initial) ? initial.join(' ') : String(initial ?? '');
  const notes = [
    ...(choices === undefined ? [] : [choices.join(', ')]),
    ...(kind === 'flag' || usual === '' ? [] : [`default: ${usual}`]),
  ];
  const note = notes.length === 0 ? '' : ` (${notes.join('; ')})`;
  return new Option(`--${isOn ? 'no-' : ''}${dashed}${value}`, `${described[name]}${note}`).helpGroup(
    'Policy:',
  );
}

/** What is no number stays text, for the schema to refuse. */
function readValue({ kind }: PolicySetting, value: unknown): unknown {
  const isNumber = kind === 'number' && typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value);
  return isNumber ? Number(value) : value;
}
