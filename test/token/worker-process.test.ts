import { expect, it } from 'vitest';
import { driverEnvironment } from '../../src/environment.ts';

it.each([
  'SEALGATE_PIN',
  'SEALGATE_SECRETS',
  'SEALGATE_CLIENT_SECRET',
  'SEALGATE_REGISTER_TOKEN',
  'SEALGATE_POWER_STATUS_TOKEN',
  'SEALGATE_SMTP',
  'SEALGATE_NOTICE_SECRET',
  'SEALGATE_PROXY',
  'SEALGATE_TOKEN_DIRECTORY',
  'HTTP_PROXY',
  'https_proxy',
  'ALL_PROXY',
  'no_proxy',
  'npm_config_https_proxy',
  'npm_config_proxy',
  'NODE_OPTIONS',
  'NODE_CHANNEL_FD',
])('%s is kept from a driver', (name) => {
  expect(driverEnvironment({ [name]: 'x' })).toEqual({});
});

it.each([
  'SEALGATE_TOKEN_DIR',
  'SOFTHSM2_CONF',
  'PATH',
  'LANG',
  'PROXYCHAINS_CONF_FILE',
  'PCSCLITE_CSOCK_NAME',
])('%s reaches a driver', (name) => {
  expect(driverEnvironment({ [name]: 'x' })).toEqual({ [name]: 'x' });
});
