import { SealgateError } from '../error.ts';
import type { AuthorityTerm } from '../failure/authority-terms.ts';
import { safeText } from '../failure/value.ts';
import { type IdentifierKind, identifierFlaw } from '../subject/identifier.ts';
import { XmlError } from '../xml/error.ts';
import type { NamedPerson, PowerOfAttorney, Principal } from './document.ts';
import { type PowerElement, readPowerElement } from './element.ts';

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const date = /^(\d{4})-(\d{2})-(\d{2})$/;
const day = 86_400_000;
/** Moscow is UTC+3, in force since 2014; that the term counts in Moscow time has not been verified in the format's order. */
const moscow = 3 * 3_600_000;

/** Whose number, or which number, is at fault. */
type PowerField = IdentifierKind | 'representative';

/** A power that is not what it should be. */
class PowerFlaw extends Error {
  readonly problem: AuthorityTerm;
  readonly field: PowerField | undefined;

  constructor(problem: AuthorityTerm, field?: PowerField) {
    super(problem);
    this.problem = problem;
    this.field = field;
  }
}

/**
 * Reads a power of attorney of the unified format 003 (`EMCHD_1`). Its structure was taken from public software that
 * reads and writes the format, and not checked against the schema. Two of its flags have been told to mean opposite
 * things: so only one representative, with ПрСовмПолн=1, is accepted, which is individual either way.
 * Throws `power_of_attorney_invalid` with what is wrong; the document is not verified.
 */
export function readPower(document: Uint8Array): PowerOfAttorney {
  try {
    const root = readPowerElement(document);
    if (root.name !== 'Доверенность' || root.optional('ВерсФорм') !== 'EMCHD_1') {
      throw new XmlError('it is not of the unified format 003');
    }
    const body = root.one('Документ');
    const given = body.child('Довер');
    const handedOn = body.child('Передов');
    if (given !== undefined && handedOn === undefined) return readGiven(given);
    if (handedOn !== undefined && given === undefined) return readHandedOn(handedOn);
    throw new XmlError('Документ holds neither or both of Довер and Передов');
  } catch (error) {
    if (error instanceof PowerFlaw) {
      const { problem, field } = error;
      throw new SealgateError('power_of_attorney_invalid', { problem, field });
    }
    if (!(error instanceof XmlError)) throw error;
    const rule = safeText(error.message);
    throw new SealgateError('power_of_attorney_invalid', { problem: 'power-form', rule }, { cause: error });
  }
}

function readGiven(body: PowerElement): PowerOfAttorney {
  const principals = body.all('СвДоверит');
  if (principals.length > 1) throw new PowerFlaw('power-many-principals');
  const principal = readPrincipal(body.one('СвДоверит').one('Доверит'));
  return {
    ...readTerms(body.one('СвДов')),
    giver: { kind: 'principal', principal },
    representative: readRepresentative(body, 'СвУпПред'),
    ...readPowers(body.one('СвПолн')),
  };
}

function readHandedOn(body: PowerElement): PowerOfAttorney {
  if (body.child('СвПередов') !== undefined) throw new PowerFlaw('power-delegation-depth');
  const givers = body.all('СвПередПолн');
  if (givers.length > 1) throw new PowerFlaw('power-many-principals');
  const giver = body.one('СвПередПолн').one('ПередПолн').child('ФЛПерПолн');
  if (giver === undefined) throw new PowerFlaw('power-principal-kind');
  return {
    ...readTerms(body.one('СвПереДовер')),
    giver: {
      kind: 'representative',
      first: numberOf(body.one('СвПервДовер'), 'НомДоверПерв'),
      representative: readPerson(giver),
    },
    representative: readRepresentative(body, 'СвПолучПолн'),
    ...readPowers(body.one('СвПолн')),
  };
}

function readTerms(
  element: PowerElement,
): Pick<PowerOfAttorney, 'number' | 'notBefore' | 'notAfter' | 'delegation'> {
  const flags = { '1': 'forbidden', '2': 'once', '3': 'further' } as const;
  const flag = element.optional('ПрПередов') ?? '1';
  if (flag !== '1' && flag !== '2' && flag !== '3') throw new XmlError('ПрПередов is none of 1, 2, 3');
  return {
    number: numberOf(element, 'НомДовер'),
    notBefore: dayOf(element, 'ДатаВыдДовер'),
    notAfter: dayOf(element, 'СрокДейст') + day,
    delegation: flags[flag],
  };
}

function numberOf(element: PowerElement, name: string): string {
  const number = element.required(name).toLowerCase();
  if (!guid.test(number)) throw new XmlError(`${name} is no GUID`);
  return number;
}

/** The beginning of that day in Moscow. */
function dayOf(element: PowerElement, name: string): number {
  const text = element.required(name);
  const at = date.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text) {
    throw new XmlError(`${name} is no date`);
  }
  return at - moscow;
}

function readPrincipal(element: PowerElement): Principal {
  const organisation = element.child('РосОргДовер');
  const entrepreneur = element.child('ИПДовер');
  if (organisation !== undefined && entrepreneur === undefined) return readOrganisation(organisation);
  if (entrepreneur === undefined || organisation !== undefined) throw new PowerFlaw('power-principal-kind');
  const person = readPerson(entrepreneur);
  return {
    kind: 'entrepreneur',
    ogrn: identifier(entrepreneur, 'ОГРНИП', 'ogrnip'),
    inn: identifier(entrepreneur, 'ИННФЛ', 'inn'),
    kpp: undefined,
    name: entrepreneur.optional('НаимИП') ?? person.name,
    heads: [person],
  };
}

function readOrganisation(element: PowerElement): Principal {
  const named = element.one('СвРосОрг');
  const heads = element.all('ЛицоБезДов');
  if (heads.length === 0) throw new XmlError('РосОргДовер lacks ЛицоБезДов');
  if (heads.some((head) => head.optional('ПолнЮЛ') === '2')) throw new PowerFlaw('power-joint');
  const persons = heads.map((head) => {
    const person = head.child('СвФЛ');
    if (person === undefined || head.child('СВЮЛ') !== undefined) {
      throw new PowerFlaw('power-head-organisation');
    }
    return readPerson(person);
  });
  const kpp = named.optional('КПП');
  return {
    kind: 'legal-entity',
    ogrn: identifier(named, 'ОГРН', 'ogrn'),
    inn: identifier(named, 'ИННЮЛ', 'innLegalEntity'),
    kpp: kpp === undefined ? undefined : identifier(named, 'КПП', 'kpp'),
    name: named.required('НаимОрг'),
    heads: persons,
  };
}

function readRepresentative(body: PowerElement, name: string): NamedPerson {
  const found = body.all(name);
  if (found.length > 1) throw new PowerFlaw('power-joint');
  const person = body.one(name).one('Пред').child('СведФизЛ');
  if (person === undefined) throw new PowerFlaw('power-form', 'representative');
  return readPerson(person);
}

/** ИННФЛ and СНИЛС stand on the element itself, the name in ФИО below it at one of two depths. */
function readPerson(element: PowerElement): NamedPerson {
  const inn = element.optional('ИННФЛ');
  const snils = element.optional('СНИЛС')?.replace(/[- ]/g, '');
  if (inn === undefined && snils === undefined) throw new PowerFlaw('power-form', 'inn');
  if (inn !== undefined && identifierFlaw('inn', inn) !== undefined) throw new PowerFlaw('power-form', 'inn');
  if (snils !== undefined && identifierFlaw('snils', snils) !== undefined) {
    throw new PowerFlaw('power-form', 'snils');
  }
  const named = (element.child('СведФЛ') ?? element).child('ФИО');
  const parts = ['Фамилия', 'Имя', 'Отчество'].map((part) => named?.optional(part));
  return { inn, snils, name: parts.filter((part) => part !== undefined).join(' ') };
}

function identifier(element: PowerElement, name: string, kind: IdentifierKind): string {
  const value = element.required(name);
  if (identifierFlaw(kind, value) !== undefined) throw new PowerFlaw('power-form', kind);
  return value;
}

function readPowers(element: PowerElement): Pick<PowerOfAttorney, 'powers' | 'restricted'> {
  if (element.required('ПрСовмПолн') !== '1') throw new PowerFlaw('power-joint');
  const powers = new Set<string>();
  const restricted = new Set<string>();
  // Powers in words alone (ТипПолн=0) are nothing that a machine could judge.
  const listed = element.required('ТипПолн') === '1' ? element.all('МашПолн') : [];
  for (const power of listed) {
    const set = power.all('ОгрСвПолн').length > 0 ? restricted : powers;
    set.add(power.required('КодПолн'));
  }
  return { powers, restricted };
}
