import { beforeAll, describe, expect, it } from 'vitest';
import { statusAt, type TrustList } from '../../src/trust-list/list.ts';
import { readTrustList } from '../../src/trust-list/read.ts';
import { XmlError } from '../../src/xml/error.ts';
import { type ListEntry, writeTrustList } from '../authority/trust-list.ts';
import { createMinistry, day, entryOf, type Ministry, start } from './authority.ts';

let ministry: Ministry;
let document: string;

function write(...changes: readonly Partial<ListEntry>[]): string {
  return writeTrustList({
    version: 16_314,
    date: start + day,
    authorities: changes.map((change) => entryOf(ministry, change)),
  });
}

function read(text: string): TrustList {
  return readTrustList(Buffer.from(text));
}

function ruleOf(text: string): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof XmlError) return error.rule;
    throw error;
  }
  return 'accepted';
}

beforeAll(async () => {
  ministry = await createMinistry();
  document = write({});
});

describe('readTrustList', () => {
  it('reads version, date, authority, keys and addresses', () => {
    const list = read(document);
    expect(list).toMatchObject({ version: 16_314, date: start + day, oddities: [] });
    const [authority] = list.authorities;
    expect(authority).toMatchObject({
      name: 'ООО «Удостоверяющий центр» & «Ко»',
      inn: '9900000024',
      ogrn: '1259900000029',
      successor: undefined,
      statuses: [{ status: 'accredited', word: 'Действует', since: start }],
    });
    const [key] = authority?.keys ?? [];
    expect(key?.certificates.map(({ der }) => Buffer.from(der))).toEqual([
      Buffer.from(ministry.authority.accredited.certificate),
    ]);
    expect(key?.crlAddresses).toEqual([ministry.authority.accredited.crlUrl]);
    expect(key?.toolClass).toBe('КВ2');
  });

  it('joins the present standing and the history, whether or not the history repeats it', () => {
    const status = { status: 'Прекращена', since: start + 3 * day };
    const begin = { status: 'Действует', since: start };
    const alone = read(write({ status, history: [begin] })).authorities[0]!;
    const repeated = read(write({ status, history: [status, begin] })).authorities[0]!;
    expect(alone.statuses.map(({ status: name }) => name)).toEqual(['accredited', 'ended']);
    expect(repeated.statuses).toEqual(alone.statuses);
  });

  it('takes a padded INN and a successor', () => {
    const list = read(write({ inn: '009900000024', successor: '1027700132195' }));
    expect(list.authorities[0]).toMatchObject({ inn: '9900000024', successor: '1027700132195' });
    expect(list.oddities).toEqual([]);
  });

  it('takes a time without a zone for Moscow time', () => {
    const text = document.replace(/<Дата>[^<]*/, '<Дата>2026-07-23T03:00:00');
    expect(read(text).date).toBe(Date.parse('2026-07-23T00:00:00Z'));
  });

  it('notes elements that it does not know, and reads on', () => {
    const text = document
      .replaceAll('</УдостоверяющийЦентр>', '<Новое><Поле/></Новое></УдостоверяющийЦентр>')
      .replace('<Версия>', '<Свежее/><Версия>');
    const { oddities, authorities } = read(text);
    expect(oddities).toEqual([
      'unknown element Свежее in АккредитованныеУдостоверяющиеЦентры',
      'unknown element Новое in УдостоверяющийЦентр',
    ]);
    expect(authorities).toHaveLength(1);
  });

  it('takes a standing that it does not know for none', () => {
    const { authorities, oddities } = read(write({ status: { status: 'Действует условно', since: start } }));
    expect(authorities[0]?.statuses[0]?.status).toBe('unknown');
    expect(oddities).toEqual(['unknown status «Действует условно», not taken for accredited']);
  });

  it('leaves out a certificate that cannot be read, and says so', () => {
    const text = document.replace(/<Данные>....../, '<Данные>AAAAAA');
    const { authorities, oddities } = read(text);
    expect(authorities[0]?.keys.map(({ certificates }) => certificates.length)).toEqual([0]);
    expect(oddities.some((oddity) => oddity.includes('cannot be read'))).toBe(true);
  });

  it('believes the certificate where the fingerprint beside it is another', () => {
    const { authorities, oddities } = read(document.replace(/<Отпечаток>../, '<Отпечаток>00'));
    expect(authorities[0]?.keys[0]?.certificates).toHaveLength(1);
    expect(oddities).toEqual(['authority 1259900000029: a certificate has another fingerprint than stated']);
  });

  it('notes a certificate that names another authority', () => {
    const { oddities } = read(write({ ogrn: '1027700132195' }));
    expect(oddities).toEqual(['authority 1027700132195: a certificate names another OGRN']);
  });

  it.each<readonly [string, string | RegExp, string, string]>([
    ['another root', /АккредитованныеУдостоверяющиеЦентры/g, 'TrustServiceStatusList', 'the root is'],
    ['no version', /<Версия>.*<\/Версия>/, '', 'АккредитованныеУдостоверяющиеЦентры lacks Версия'],
    ['two versions', '<Дата>', '<Версия>1</Версия><Дата>', 'Версия stands more than once'],
    ['a version that is no number', '>16314<', '>16314a<', 'Версия is no number'],
    ['no date', /<Дата>.*<\/Дата>/, '', 'АккредитованныеУдостоверяющиеЦентры lacks Дата'],
    ['a date that is none', /<Дата>[^<]*/, '<Дата>вчера', 'Дата is no date'],
    ['no authority', /<УдостоверяющийЦентр>.*<\/УдостоверяющийЦентр>/s, '', 'the list names no authority'],
    ['an authority without OGRN', /<ОГРН>.*<\/ОГРН>/, '', 'УдостоверяющийЦентр lacks ОГРН'],
    [
      'an authority of two OGRN',
      '<ОГРН>',
      '<ОГРН>1</ОГРН><ОГРН>',
      'УдостоверяющийЦентр holds ОГРН more than once',
    ],
    ['an authority without a name', /<Название>.*?<\/Название>/s, '', 'УдостоверяющийЦентр lacks Название'],
    [
      'an authority without standing',
      /<СтатусАккредитации>.*?<\/СтатусАккредитации>/s,
      '',
      'УдостоверяющийЦентр lacks СтатусАккредитации',
    ],
    [
      'a standing without a beginning',
      /<ДействуетС>.*?<\/ДействуетС>/,
      '',
      'СтатусАккредитации lacks ДействуетС',
    ],
    [
      'a name that holds elements',
      '<Название>',
      '<Название><x/>',
      'Название of УдостоверяющийЦентр holds elements',
    ],
    ['elements of a namespace', '<Версия>', '<x xmlns="urn:x"/><Версия>', 'an element is in a namespace'],
  ])('refuses a list with %s', (_, from, to, rule) => {
    const text = document.replace(from, to);
    expect(text).not.toBe(document);
    expect(ruleOf(text).startsWith(rule), ruleOf(text)).toBe(true);
  });

  it('says in which line the list is wrong', () => {
    try {
      read(document.replace('<ОГРН>', '<ОГРН>1</ОГРН><ОГРН>'));
      expect.unreachable();
    } catch (error) {
      expect((error as XmlError).line).toBeGreaterThan(10);
    }
  });
});

describe('statusAt', () => {
  it('takes the last change up to the moment, and of two at once the one that denies', () => {
    const statuses = (
      [
        ['accredited', 10],
        ['suspended', 20],
        ['accredited', 30],
        ['accredited', 40],
        ['annulled', 40],
      ] as const
    ).map(([status, since]) => ({ status, word: status, since }));
    const authority = {
      name: '',
      inn: undefined,
      ogrn: '',
      registryNumber: undefined,
      keys: [],
      successor: undefined,
      statuses,
    };
    expect([9, 10, 19, 20, 29, 30, 39, 40].map((at) => statusAt(authority, at)?.status)).toEqual([
      undefined,
      'accredited',
      'accredited',
      'suspended',
      'suspended',
      'accredited',
      'accredited',
      'annulled',
    ]);
    const turned = { ...authority, statuses: statuses.toReversed().toSorted((a, b) => a.since - b.since) };
    expect(statusAt(turned, 40)?.status).toBe('annulled');
  });
});
