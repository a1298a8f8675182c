import { hash } from 'node:crypto';
import { EncodingError } from '../asn1/error.ts';
import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import { attributeOids } from '../certificate/name.ts';
import { isFailure } from '../error.ts';
import { safeText } from '../failure/value.ts';
import { identifierFlaw, unpaddedInn } from '../subject/identifier.ts';
import { XmlError } from '../xml/error.ts';
import { parseXmlInPieces, type XmlLimits } from '../xml/parse.ts';
import { EntryReader, Fields, type ListElement, Oddities } from './element.ts';
import type { AccreditationStatus, AuthorityKey, ListedAuthority, StatusChange, TrustList } from './list.ts';

/** The list has some 12 MB and 2,400 certificates; these bounds leave it room to grow by several times. */
export const listLimits: XmlLimits = {
  octets: 64 * 1024 * 1024,
  depth: 16,
  elements: 1_000_000,
  attributes: 16,
};

const rootName = 'АккредитованныеУдостоверяющиеЦентры';
const mostAuthorities = 10_000;
const statuses = new Map<string, AccreditationStatus>([
  ['Действует', 'accredited'],
  ['Прекращена', 'ended'],
  ['Аннулирована', 'annulled'],
  ['Приостановлена', 'suspended'],
]);
const dateTime = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * Reads the list of accredited authorities from the octets that its signature covers. Elements that are not known
 * are noted and left out of account; what has to be there and is not, or stands twice, refuses the list. Certificates
 * are believed and the texts beside them only compared. The form is taken from independent readers of the real list,
 * not from its schema, which is not published. Throws an XmlError.
 */
export function readTrustList(content: Uint8Array): TrustList {
  const pieces = readTrustListInPieces(content);
  for (;;) {
    const step = pieces.next();
    if (step.done) return step.value;
  }
}

/** As `readTrustList`, with a pause after every piece of some milliseconds. */
export function* readTrustListInPieces(content: Uint8Array): Generator<undefined, TrustList> {
  const oddities = new Oddities();
  const authorities: ListedAuthority[] = [];
  const head: { version?: number; date?: number } = {};
  const onRoot = (name: string): void => {
    if (name !== rootName) throw new XmlError(`the root is not ${rootName}`);
  };
  const onEntry = (element: ListElement): void => {
    switch (element.name) {
      case 'Версия':
        if (head.version !== undefined) throw new XmlError('Версия stands more than once');
        head.version = readVersion(element.text.trim());
        break;
      case 'Дата':
        if (head.date !== undefined) throw new XmlError('Дата stands more than once');
        head.date = readTime(element.text.trim(), 'Дата');
        break;
      case 'УдостоверяющийЦентр':
        if (authorities.length >= mostAuthorities)
          throw new XmlError(`more than ${mostAuthorities} authorities`);
        authorities.push(readAuthority(new Fields(element, oddities), oddities));
        break;
      default:
        oddities.note(`unknown element ${safeText(element.name, 80)} in ${rootName}`);
    }
  };
  yield* parseXmlInPieces(content, new EntryReader(onRoot, onEntry), listLimits);
  const { version, date } = head;
  if (version === undefined || date === undefined) {
    throw new XmlError(`${rootName} lacks ${version === undefined ? 'Версия' : 'Дата'}`);
  }
  if (authorities.length === 0) throw new XmlError('the list names no authority');
  return { version, date, authorities, oddities: oddities.list };
}

function readAuthority(fields: Fields, oddities: Oddities): ListedAuthority {
  const name = fields.text('Название');
  const ogrn = fields.text('ОГРН');
  const label = labelOf(ogrn);
  if (identifierFlaw('ogrn', ogrn) !== undefined) oddities.note(`${label}: ОГРН is no OGRN`);
  const innText = fields.optionalText('ИНН');
  const inn = innText === undefined ? undefined : (unpaddedInn(innText) ?? innText);
  if (inn !== undefined && identifierFlaw('innLegalEntity', inn) !== undefined) {
    oddities.note(`${label}: ИНН is no INN of an organisation`);
  }
  const changes = [
    readStatus(fields.required('СтатусАккредитации'), oddities),
    ...(fields.optional('ИсторияСтатусовАккредитации')?.all('СтатусАккредитации') ?? []).map((entry) =>
      readStatus(entry, oddities),
    ),
  ];
  const complexes =
    fields.optional('ПрограммноАппаратныеКомплексы')?.all('ПрограммноАппаратныйКомплекс') ?? [];
  const authority: ListedAuthority = {
    name,
    inn,
    ogrn,
    registryNumber: fields.optionalText('РеестровыйНомер'),
    statuses: inOrder(changes),
    keys: complexes.flatMap((complex) => readComplex(complex, ogrn, oddities)),
    successor: fields.optionalText('ПолномочияПереданыУЦсОГРН'),
  };
  fields.ignore(
    'КраткоеНазвание',
    'ЭлектроннаяПочта',
    'АдресСИнформациейПоУЦ',
    'АдресСИнформациейПоРеестрамСертификатов',
    'Адрес',
  );
  fields.finish();
  return authority;
}

function readStatus(fields: Fields, oddities: Oddities): StatusChange {
  const word = fields.text('Статус');
  const status = statuses.get(word) ?? 'unknown';
  if (status === 'unknown') oddities.note(`unknown status «${safeText(word, 80)}», not taken for accredited`);
  const since = readTime(fields.text('ДействуетС'), 'ДействуетС');
  fields.finish();
  return { status, word: safeText(word, 80), since };
}

/** By time, and without the present status once more where the history lists it too. */
function inOrder(changes: readonly StatusChange[]): readonly StatusChange[] {
  const unique = new Map(changes.map((change) => [`${change.since} ${change.status}`, change]));
  return [...unique.values()].sort((left, right) => left.since - right.since);
}

function readComplex(fields: Fields, ogrn: string, oddities: Oddities): readonly AuthorityKey[] {
  const toolClass = fields.optionalText('КлассСредствЭП');
  const keys = fields.optional('КлючиУполномоченныхЛиц')?.all('Ключ') ?? [];
  fields.ignore('Псевдоним', 'Адрес', 'СредстваУЦ');
  fields.finish();
  return keys.map((key) => {
    const crlAddresses = key.optional('АдресаСписковОтзыва')?.texts('Адрес') ?? [];
    const entries = key.optional('Сертификаты')?.all('ДанныеСертификата') ?? [];
    key.ignore('ИдентификаторКлюча');
    key.finish();
    const certificates = entries.map((entry) => readEntry(entry, ogrn, oddities));
    return { toolClass, crlAddresses, certificates: certificates.filter((found) => found !== undefined) };
  });
}

/** The certificate of an entry; undefined where it cannot be read, which leaves its key out of the list. */
function readEntry(fields: Fields, ogrn: string, oddities: Oddities): Certificate | undefined {
  const label = labelOf(ogrn);
  const encoded = fields.text('Данные').replace(/\s+/g, '');
  const thumbprint = fields.optionalText('Отпечаток');
  fields.ignore('КемВыдан', 'КомуВыдан', 'СерийныйНомер', 'ПериодДействияС', 'ПериодДействияДо');
  fields.finish();
  const der = Buffer.from(encoded, 'base64');
  if (der.toString('base64') !== encoded) {
    oddities.note(`${label}: a certificate is no base64`);
    return undefined;
  }
  if (thumbprint !== undefined && hash('sha1', der, 'hex') !== thumbprint.replace(/\s+/g, '').toLowerCase()) {
    oddities.note(`${label}: a certificate has another fingerprint than stated`);
  }
  try {
    const certificate = parseCertificate(der);
    const named = certificate.subject.text(attributeOids.ogrn);
    // The fingerprint is kept once it is asked for; here, piece by piece, it holds nobody up.
    certificate.sha256;
    if (named !== undefined && named !== ogrn) oddities.note(`${label}: a certificate names another OGRN`);
    return certificate;
  } catch (error) {
    if (!(error instanceof EncodingError) && !isFailure(error, 'certificate_malformed')) throw error;
    const rule = error instanceof EncodingError ? error.rule : String(error.details.rule);
    oddities.note(`${label}: a certificate cannot be read (${rule})`);
    return undefined;
  }
}

function labelOf(ogrn: string): string {
  return `authority ${safeText(ogrn, 20)}`;
}

function readVersion(text: string): number {
  const version = Number(text);
  if (!/^\d{1,15}$/.test(text)) throw new XmlError('Версия is no number');
  return version;
}

/** Milliseconds of an xs:dateTime or xs:date. Without a zone it is taken for Moscow time, which is unverified. */
function readTime(text: string, name: string): number {
  const [, day, time = '00:00:00', fraction = '', zone = '+03:00'] = dateTime.exec(text) ?? [];
  const at = day === undefined ? Number.NaN : Date.parse(`${day}T${time}${fraction.slice(0, 4)}${zone}`);
  if (Number.isNaN(at)) throw new XmlError(`${name} is no date`);
  return at;
}
