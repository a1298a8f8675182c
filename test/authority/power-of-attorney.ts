import { randomUUID } from 'node:crypto';
import { signDetached } from '../../src/authority/detached.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import type { Organisation, Person } from '../../src/authority/subscriber.ts';
import { powerNamespace } from '../../src/power-of-attorney/element.ts';

/**
 * A machine-readable power of attorney to be made, in the unified format 003. Nothing is checked, so that tests can
 * ask for wrong ones. Days are as the format writes them, `2026-09-01`.
 */
export interface PowerOrder {
  /** A GUID; random otherwise. */
  readonly number?: string;
  readonly from: string;
  readonly until: string;
  readonly principal: Organisation & { readonly kpp?: string };
  /** Who heads the principal. */
  readonly head: Person;
  readonly representatives: readonly Person[];
  /** Codes of the classifier. */
  readonly powers: readonly string[];
  /** Codes that are given with a restriction. */
  readonly restricted?: readonly string[];
  /** ПрПередов: 1 not to be handed on, 2 once, 3 further. */
  readonly delegation?: '1' | '2' | '3';
  /** ПрСовмПолн. */
  readonly joint?: '1' | '2';
  /** ТипПолн: 0 in words, 1 as codes. */
  readonly form?: '0' | '1';
  /** Handed on from the power with that number by its representative; it names the principal unless it is told not to. */
  readonly handedOn?: { readonly first: string; readonly giver: Person; readonly namesPrincipal?: boolean };
}

/** A power of attorney with its detached signature. */
export interface SignedPower {
  readonly number: string;
  /** XML in UTF-8. */
  readonly document: Uint8Array;
  /** CMS, DER. */
  readonly signature: Uint8Array;
}

/** Makes a power of attorney and signs it with the certificate of the principal's head; `at` is the signing time, ms. */
export async function makePower(
  order: PowerOrder,
  signer: IssuedCertificate,
  at: number,
): Promise<SignedPower> {
  const number = order.number ?? randomUUID();
  const document = Buffer.from(writePower({ ...order, number }));
  return { number, document, signature: await signDetached(document, signer, at) };
}

/** The document, not signed; structure after public software that writes the format. */
export function writePower(order: PowerOrder & { readonly number: string }): string {
  const { number, from } = order;
  const file = `ON_EMCHD_${from.replaceAll('-', '')}_${number}`;
  const body = order.handedOn === undefined ? given(order) : handedOn(order, order.handedOn);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    element(
      'Доверенность',
      { xmlns: powerNamespace, ВерсФорм: 'EMCHD_1', ПрЭлФорм: '00000000', ИдФайл: file },
      element('Документ', { КНД: '1110310' }, body),
    ),
    '\n',
  ].join('');
}

function given(order: PowerOrder & { readonly number: string }): string {
  const { principal, head, representatives } = order;
  const { name, inn, ogrn, kpp = '770101001' } = principal;
  const organisation = element(
    'РосОргДовер',
    { ЕИОУК: '0', ЕИОФЛ: '1', ЕИОИП: '0' },
    element('СвРосОрг', { НаимОрг: name, ИННЮЛ: inn, КПП: kpp, ОГРН: ogrn }),
    element('ЛицоБезДов', { ПолнЮЛ: '1' }, person('СвФЛ', head)),
  );
  return element(
    'Довер',
    {},
    terms('СвДов', order),
    element('СвДоверит', { ТипДоверит: '1' }, element('Доверит', {}, organisation)),
    ...representatives.map((each) => representative('СвУпПред', each)),
    powers(order),
  );
}

function handedOn(
  order: PowerOrder & { readonly number: string },
  { first, giver, namesPrincipal = true }: NonNullable<PowerOrder['handedOn']>,
): string {
  const { from, until } = order;
  const { name, inn, ogrn, kpp = '770101001' } = order.principal;
  const principal = element('РосОргДовер', { НаимОрг: name, ИННЮЛ: inn, КПП: kpp, ОГРН: ogrn });
  return element(
    'Передов',
    { ПрНалПередов: '0' },
    element(
      'СвПервДовер',
      { ПрДовер: '1', ФормДовер: '1', ДатаВыдДовер: from, СрокДейст: until, НомДоверПерв: first },
      ...(namesPrincipal
        ? [element('СвДоверПерв', { ТипДоверит: '1' }, element('ДоверитПерв', {}, principal))]
        : []),
    ),
    terms('СвПереДовер', order),
    element('СвПередПолн', { ТипПерПолн: '3' }, element('ПередПолн', {}, person('ФЛПерПолн', giver))),
    ...order.representatives.map((each) => representative('СвПолучПолн', each)),
    powers(order),
  );
}

function terms(name: string, order: PowerOrder & { readonly number: string }): string {
  const { number, from, until, delegation = '1' } = order;
  const attributes = {
    ВидДовер: '1',
    ПрПередов: delegation,
    ВнНомДовер: `МЧД-${number.slice(0, 8)}`,
    НомДовер: number,
    ДатаВыдДовер: from,
    СрокДейст: until,
  };
  return element(name, attributes, element('СведСист', {}, 'https://powers.example/'));
}

function representative(name: string, each: Person): string {
  return element(name, { ТипПред: '3' }, element('Пред', {}, person('СведФизЛ', each)));
}

function person(name: string, { surname, givenName, snils, inn, title }: Person): string {
  const [first = '', ...patronymic] = givenName.split(' ');
  const number = snils.replace(/^(\d{3})(\d{3})(\d{3})(\d{2})$/, '$1-$2-$3 $4');
  const named = { Фамилия: surname, Имя: first, Отчество: patronymic.join(' ') };
  return element(
    name,
    { ИННФЛ: inn, СНИЛС: number, Должность: title },
    element('СведФЛ', {}, element('ФИО', named)),
  );
}

function powers({ powers: codes, restricted = [], joint = '1', form = '1' }: PowerOrder): string {
  const limit = element('ОгрСвПолн', { ИдОгр: '1', КодОгр: 'LIMIT', НаимОгр: 'Предел' });
  return element(
    'СвПолн',
    { ТипПолн: form, ПрСовмПолн: joint },
    ...(form === '0' ? [element('ТекстПолн', {}, 'Входить на портал')] : []),
    ...codes.map((code) => element('МашПолн', { КодПолн: code, НаимПолн: `Полномочие ${code}` })),
    ...restricted.map((code) => element('МашПолн', { КодПолн: code, НаимПолн: code }, limit)),
  );
}

function element(
  name: string,
  attributes: Readonly<Record<string, string | undefined>>,
  ...content: readonly string[]
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]) => ` ${key}="${escaped(value ?? '')}"`)
    .join('');
  return content.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${content.join('')}</${name}>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
