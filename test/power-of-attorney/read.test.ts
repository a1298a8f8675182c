import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import type { SealgateError } from '../../src/error.ts';
import { readPower } from '../../src/power-of-attorney/read.ts';
import { type PowerOrder, writePower } from '../authority/power-of-attorney.ts';
import { failureOf } from '../failure-code.ts';

const { organisation, person: head } = sampleSubscriber('legal-entity');
const { person: employee } = sampleSubscriber('natural-person');
const { person: colleague } = sampleSubscriber('employee');

const order = {
  number: randomUUID(),
  from: '2026-11-01',
  until: '2027-11-01',
  principal: organisation,
  head,
  representatives: [employee],
  powers: ['PORTAL_SIGN_IN'],
} satisfies PowerOrder;
const given = writePower(order);
const first = randomUUID();
const handedOn = writePower({
  ...order,
  representatives: [colleague],
  handedOn: { first, giver: employee },
});

const read = (text: string) => readPower(Buffer.from(text));
const refusal = (text: string) => {
  const { code, details } = failureOf(() => read(text)) as SealgateError<'power_of_attorney_invalid'>;
  return [code, details.problem, details.rule ?? ''];
};

describe('an enumeration of the format', () => {
  it.each<[string, string, string, string]>([
    ['how the heads act', given, 'ПолнЮЛ="1"', 'ПолнЮЛ="3"'],
    ['how the heads act, left open', given, ' ПолнЮЛ="1"', ''],
    ['whether the representatives act together', given, 'ПрСовмПолн="1"', 'ПрСовмПолн="0"'],
    ['the form of the powers', given, 'ТипПолн="1"', 'ТипПолн="2"'],
    ['whether it may be handed on', given, 'ПрПередов="1"', 'ПрПередов="4"'],
    ['the kind of principal', given, 'ТипДоверит="1"', 'ТипДоверит="5"'],
    ['another kind of principal than it names', given, 'ТипДоверит="1"', 'ТипДоверит="3"'],
    ['the kind of representative', given, 'ТипПред="3"', 'ТипПред="1"'],
    ['the kind of who hands it on', handedOn, 'ТипПерПолн="3"', 'ТипПерПолн="1"'],
    ['the kind of the first principal', handedOn, 'ТипДоверит="1"', 'ТипДоверит="2"'],
  ])('with a value that it does not have is refused: %s', (_, text, known, unknown) => {
    expect(read(text).number).toBe(order.number);
    expect(text).toContain(known);
    const [code, problem, rule] = refusal(text.replace(known, unknown));
    expect([code, problem]).toEqual(['power_of_attorney_invalid', 'power-form']);
    expect(rule).toContain(known.trim().split('=')[0]);
  });

  it.each([
    ['of heads who act together', 'ПолнЮЛ="1"', 'ПолнЮЛ="2"'],
    ['of representatives who act together', 'ПрСовмПолн="1"', 'ПрСовмПолн="2"'],
  ])('%s is refused as joint', (_, known, joint) => {
    expect(refusal(given.replace(known, joint))).toEqual(['power_of_attorney_invalid', 'power-joint', '']);
  });

  it('that is left out where it has a meaning then is read so', () => {
    expect(read(given.replace(' ПрПередов="1"', '')).delegation).toBe('forbidden');
  });

  it('of powers in words leaves no code', () => {
    expect([...read(given).powers]).toEqual(['PORTAL_SIGN_IN']);
    expect([...read(given.replace('ТипПолн="1"', 'ТипПолн="0"')).powers]).toEqual([]);
  });
});

describe('a power that was handed on', () => {
  it('tells whose power the first was, where it does', () => {
    const { ogrn, inn } = organisation;
    expect(read(handedOn).giver).toMatchObject({ first, firstPrincipal: { ogrn, inn } });
    const silent = writePower({
      ...order,
      representatives: [colleague],
      handedOn: { first, giver: employee, namesPrincipal: false },
    });
    expect(read(silent).giver).toMatchObject({ first, firstPrincipal: undefined });
    expect(read(handedOn.replace(` ОГРН="${ogrn}"`, '')).giver).toMatchObject({
      firstPrincipal: { ogrn: undefined, inn },
    });
  });

  it('whose first principal has no number, or is several, is refused', () => {
    const { ogrn, inn } = organisation;
    const nobody = handedOn.replace(` ОГРН="${ogrn}"`, '').replace(` ИННЮЛ="${inn}"`, '');
    expect(refusal(nobody)[0]).toBe('power_of_attorney_invalid');
    const twice = handedOn.replace(/(<СвДоверПерв .*<\/СвДоверПерв>)/, '$1$1');
    expect(refusal(twice)).toEqual(['power_of_attorney_invalid', 'power-many-principals', '']);
  });
});
