import { expect, it } from 'vitest';
import { SealgateError } from '../../src/error.ts';
import { showLines } from '../../src/terminal/table.ts';
import type { ModuleInventory } from '../../src/token/inventory.ts';
import { listModules, showModule } from '../../src/token/listing.ts';
import { tokenFlag } from '../../src/token/pin-state.ts';
import { tokenOf } from '../../src/token/selection.ts';

const plain = (text: string) => text;
const paint = { bold: plain, dim: plain, good: plain, warn: plain, bad: plain };

function inventory(flags: number, failure?: SealgateError): ModuleInventory {
  const info = { label: 'test', serial: '1', manufacturer: '', model: 'M', minimumPin: 4, maximumPin: 8 };
  const token = tokenOf({
    slot: '00',
    description: 'Reader',
    token: { ...info, flags, mechanisms: [], isBlank: false },
  });
  if (token === undefined) throw new Error('a token is there');
  const library = { name: 'm', title: 'Module', path: '/m.so' };
  const contents = { keys: [], loose: [] };
  return { library, tokens: [failure === undefined ? { token, contents } : { token, failure }] };
}

const list = (module: ModuleInventory) =>
  showLines(listModules([showModule(module, 'en')], paint), undefined).text;
const ready = tokenFlag.tokenInitialized | tokenFlag.loginRequired | tokenFlag.userPinInitialized;

it('a token is listed with the tries that its PINs have, as far as it tells', () => {
  expect(list(inventory(ready))).toContain('PIN good');
  expect(list(inventory(ready))).not.toContain('administrator');
  expect(list(inventory(ready | tokenFlag.userPinFinalTry))).toContain('PIN one try left');
  expect(list(inventory(ready | tokenFlag.officerPinLocked))).toContain('administrator’s PIN blocked');
  expect(list(inventory(tokenFlag.tokenInitialized))).toContain('PIN not asked for');
  expect(list(inventory(ready | tokenFlag.pinPad))).toContain('PIN pad');
});

it('a token that cannot be read is listed with its failure and remedy, and the driver is not', () => {
  const failure = new SealgateError('token_not_recognized', { slot: 'Reader' });
  const shown = list(inventory(ready, failure));
  expect(shown).toMatch(/test +M[\s\S]*\[token_not_recognized\][\s\S]*Install the driver/);
});
