import { safeText } from '../failure/value.ts';

const mostDetails = 20;
const mostItems = 20;

/**
 * The details of a refusal that the audit keeps. Nothing is ever taken out of it again, so that whatever is not named
 * here is left out: names and numbers of persons come with certificates, and some stand where nobody would look for
 * them. A certificate is found by its serial number, an organisation by its numbers.
 */
export const keptDetails: ReadonlySet<string> = new Set([
  ...['accepted', 'algorithm', 'allowed', 'at', 'attributes', 'contentType', 'count', 'date', 'dateInForce'],
  ...[
    'details',
    'difference',
    'differences',
    'encoding',
    'endedAt',
    'expiredAt',
    'extension',
    'field',
    'holder',
    'hosts',
  ],
  ...[
    'inForce',
    'inn',
    'invalidSince',
    'issuedAt',
    'key',
    'kind',
    'kpp',
    'level',
    'limit',
    'line',
    'maximum',
    'messageDigest',
    'minimum',
    'signatureDigest',
  ],
  ...['missing', 'more', 'needed', 'nextUpdate', 'notAfter', 'notBefore', 'number', 'offset', 'ogrn'],
  ...['organisations', 'paths', 'problem', 'problems', 'reason', 'reasons', 'refusal', 'required'],
  ...[
    'reached',
    'retryAfter',
    'revokedAt',
    'rootSerialNumber',
    'rule',
    'sequence',
    'serialNumber',
    'sha256',
    'signature',
    'signedAt',
    'source',
  ],
  ...['state', 'status', 'table', 'thisUpdate', 'version', 'waited', 'where', 'withdrawnAt'],
]);

/** Fields whose values are an organisation's numbers. The values of others, such as a name, are left out. */
const organisationFields: ReadonlySet<unknown> = new Set(['inn', 'kpp', 'ogrn']);

/** What stands in two places, in the details of a difference. */
const comparedValues: ReadonlySet<string> = new Set(['certificate', 'register', 'signedText']);

/** The details of a refusal, without what could tell of a person; bounded and harmless as `boundedDetails` are. */
export function refusalDetails(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return boundedObject(details, 0, isKept);
}

/** Details bounded in number and length, and free of control characters: they come partly from strangers. */
export function boundedDetails(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return boundedObject(details, 0, () => true);
}

/** Whether the member `name` of an object is kept. */
type Filter = (name: string, object: object) => boolean;

function isKept(name: string, object: object): boolean {
  if (keptDetails.has(name)) return true;
  return comparedValues.has(name) && 'field' in object && organisationFields.has(object.field);
}

function boundedObject(object: object, depth: number, filter: Filter): Record<string, unknown> {
  const most = depth === 0 ? mostDetails : mostItems;
  const kept = Object.entries(object).filter(([name, value]) => value !== undefined && filter(name, object));
  return Object.fromEntries(
    kept.slice(0, most).map(([name, value]) => [safeText(name, 64), boundedValue(value, depth, filter)]),
  );
}

function boundedValue(value: unknown, depth: number, filter: Filter): unknown {
  if (typeof value === 'string') return safeText(value);
  if (typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value.subarray(0, 64)).toString('hex');
  if (depth > 2) return '…';
  if (Array.isArray(value))
    return value.slice(0, mostItems).map((item) => boundedValue(item, depth + 1, filter));
  if (typeof value === 'object') return boundedObject(value, depth + 1, filter);
  return safeText(String(value));
}
