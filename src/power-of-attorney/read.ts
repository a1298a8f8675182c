import { SealgateError } from '../error.ts';
import type { AuthorityTerm } from '../failure/authority-terms.ts';
import { safeText } from '../failure/value.ts';
import { type IdentifierKind, identifierFlaw } from '../subject/identifier.ts';
import { XmlError } from '../xml/error.ts';
import type { FirstPrincipal, NamedPerson, PowerOfAttorney, Principal } from './document.ts';
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
 * things: so only one representative, with ПрСовмПолн=1, is accepted, which is individual either way. A value that an
 * enumeration of the format does not have is refused wherever it is read.
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
  const principal = readPrincipal(body);
  return {
    ...readTerms(body.one('СвДов')),
    giver: { kind: 'principal', principal },
    representative: readRepresentative(body, 'СвУпПред'),
    ...readPowers(body.one('СвПолн')),
  };
}

function readHandedOn(body: PowerElement): PowerOfAttorney {
  if (body.child('СвПередов') !== undefined) throw new PowerFlaw('power-delegation-depth');
  const named = oneOrMany(body, 'СвПередПолн');
  const giver = named.one('ПередПолн').child('ФЛПерПолн');
  if (giver === undefined) throw new PowerFlaw('power-principal-kind');
  expectValue(named, 'ТипПерПолн', ['3']);
  const first = body.one('СвПервДовер');
  return {
    ...readTerms(body.one('СвПереДовер')),
    giver: {
      kind: 'representative',
      first: numberOf(first, 'НомДоверПерв'),
      firstPrincipal: readFirstPrincipal(first),
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
  const flag = expectValue(element, 'ПрПередов', ['1', '2', '3'], '1');
  return {
    number: numberOf(element, 'НомДовер'),
    notBefore: dayOf(element, 'ДатаВыдДовер'),
    notAfter: dayOf(element, 'СрокДейст') + day,
    delegation: flags[flag],
  };
}

/**
 * The value of an enumeration, which has to be one of those that this reader knows the meaning of: what is not known
 * may restrict the power. `absent` is what it means that the attribute is not there; without, it has to be.
 */
function expectValue<const V extends string>(
  element: PowerElement,
  name: string,
  known: readonly V[],
  absent?: V,
): V {
  const value = (absent === undefined ? element.required(name) : element.optional(name)) ?? absent;
  const found = known.find((each) => each === value);
  if (found === undefined) throw new XmlError(`${name} is none of ${known.join(', ')}`);
  return found;
}

/** The only child of that name, of which the format allows several. */
function oneOrMany(element: PowerElement, name: string): PowerElement {
  if (element.all(name).length > 1) throw new PowerFlaw('power-many-principals');
  return element.one(name);
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

function readPrincipal(body: PowerElement): Principal {
  const named = oneOrMany(body, 'СвДоверит');
  const { organisation, entrepreneur } = principalIn(named, 'Доверит');
  if (organisation !== undefined) return readOrganisation(organisation);
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

type PrincipalElement =
  | { readonly organisation: PowerElement; readonly entrepreneur?: undefined }
  | { readonly organisation?: undefined; readonly entrepreneur: PowerElement };

/** Who gives a power, by its element, which the type beside it has to fit. */
function principalIn(named: PowerElement, inside: string): PrincipalElement {
  const element = named.one(inside);
  const organisation = element.child('РосОргДовер');
  const entrepreneur = element.child('ИПДовер');
  if (organisation !== undefined && entrepreneur === undefined) {
    expectValue(named, 'ТипДоверит', ['1']);
    return { organisation };
  }
  if (entrepreneur === undefined || organisation !== undefined) throw new PowerFlaw('power-principal-kind');
  expectValue(named, 'ТипДоверит', ['3']);
  return { entrepreneur };
}

/** Who gave the power that this one was handed on from, where it says so; the format leaves both numbers open. */
function readFirstPrincipal(first: PowerElement): FirstPrincipal | undefined {
  if (first.all('СвДоверПерв').length === 0) return undefined;
  const { organisation, entrepreneur } = principalIn(oneOrMany(first, 'СвДоверПерв'), 'ДоверитПерв');
  const found =
    organisation === undefined
      ? {
          ogrn: identifier(entrepreneur, 'ОГРНИП', 'ogrnip'),
          inn: optionalIdentifier(entrepreneur, 'ИННФЛ', 'inn'),
        }
      : {
          ogrn: optionalIdentifier(organisation, 'ОГРН', 'ogrn'),
          inn: optionalIdentifier(organisation, 'ИННЮЛ', 'innLegalEntity'),
        };
  if (found.ogrn === undefined && found.inn === undefined) throw new PowerFlaw('power-form', 'ogrn');
  return found;
}

function readOrganisation(element: PowerElement): Principal {
  const named = element.one('СвРосОрг');
  const heads = element.all('ЛицоБезДов');
  if (heads.length === 0) throw new XmlError('РосОргДовер lacks ЛицоБезДов');
  for (const head of heads) {
    if (expectValue(head, 'ПолнЮЛ', ['1', '2']) === '2') throw new PowerFlaw('power-joint');
  }
  const persons = heads.map((head) => {
    const person = head.child('СвФЛ');
    if (person === undefined || head.child('СВЮЛ') !== undefined) {
      throw new PowerFlaw('power-head-organisation');
    }
    return readPerson(person);
  });
  return {
    kind: 'legal-entity',
    ogrn: identifier(named, 'ОГРН', 'ogrn'),
    inn: identifier(named, 'ИННЮЛ', 'innLegalEntity'),
    kpp: optionalIdentifier(named, 'КПП', 'kpp'),
    name: named.required('НаимОрг'),
    heads: persons,
  };
}

function readRepresentative(body: PowerElement, name: string): NamedPerson {
  const found = body.all(name);
  if (found.length > 1) throw new PowerFlaw('power-joint');
  const named = body.one(name);
  const person = named.one('Пред').child('СведФизЛ');
  if (person === undefined) throw new PowerFlaw('power-form', 'representative');
  expectValue(named, 'ТипПред', ['3']);
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

function optionalIdentifier(element: PowerElement, name: string, kind: IdentifierKind): string | undefined {
  return element.optional(name) === undefined ? undefined : identifier(element, name, kind);
}

function readPowers(element: PowerElement): Pick<PowerOfAttorney, 'powers' | 'restricted'> {
  if (expectValue(element, 'ПрСовмПолн', ['1', '2']) === '2') throw new PowerFlaw('power-joint');
  const powers = new Set<string>();
  const restricted = new Set<string>();
  // Powers in words alone (ТипПолн=0) are nothing that a machine could judge.
  const listed = expectValue(element, 'ТипПолн', ['0', '1']) === '1' ? element.all('МашПолн') : [];
  for (const power of listed) {
    const set = power.all('ОгрСвПолн').length > 0 ? restricted : powers;
    set.add(power.required('КодПолн'));
  }
  return { powers, restricted };
}
