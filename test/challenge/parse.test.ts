import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseChallengeText } from '../../src/challenge/parse.ts';
import { resemblesChallenge } from '../../src/challenge/resemblance.ts';
import { challengeText, type TextFacts, textVersions } from '../../src/challenge/text.ts';

const nonce = randomBytes(32);
const issuedAt = Date.UTC(2026, 10, 21, 21, 30, 5);
const base = { origin: 'https://portal.example', issuedAt, nonce } as const;
const everything: readonly TextFacts[] = (['ru', 'en'] as const).flatMap((language) => {
  const plain = { ...base, language, portal: 'Торговая площадка: «Ромашка»' };
  return [
    plain,
    { ...plain, organisation: { name: 'ООО «Ромашка», ИНН 123' } },
    { ...plain, organisation: { inn: '7707083893' } },
    { ...plain, organisation: { name: 'Ромашка', inn: '7707083893' }, purpose: 'carrier' as const },
    { ...plain, page: 'https://sign.example' },
    { ...plain, page: 'https://sign.example', handOver: '482-917', organisation: { name: 'Ромашка' } },
  ];
});

describe('the text of a challenge, read', () => {
  it.each(everything)('gives back what was written: $language $organisation $purpose $page', (facts) => {
    expect(parseChallengeText(challengeText(facts))).toEqual({ ...facts, nonce: Uint8Array.from(nonce) });
  });

  it('reads every form that was ever written', () => {
    const facts = {
      ...base,
      language: 'ru',
      portal: 'Портал',
      organisation: { name: 'Ромашка', inn: '7707083893' },
    } as const;
    for (const version of textVersions) {
      expect(parseChallengeText(challengeText(facts, version))?.origin).toBe('https://portal.example');
    }
    expect(parseChallengeText(challengeText(facts, 1))?.organisation).toEqual({
      name: 'Ромашка, ИНН 7707083893',
    });
  });

  const text = challengeText({ ...base, language: 'ru', portal: 'Портал', page: 'https://sign.example' });
  it.each([
    ['nothing', ''],
    ['a line more at its end', `${text}\nЯ согласен`],
    ['a line more in its middle', text.replace('Адрес:', 'Я согласен\nАдрес:')],
    ['a line fewer', text.replace(/\n\n/, '\n')],
    ['a line end at its end', `${text}\n`],
    ['line ends of Windows', text.replaceAll('\n', '\r\n')],
    ['a blank before it', ` ${text}`],
    ['a mark of octet order', `\ufeff${text}`],
    ['two addresses', text.replace('\nСтраница', '\nАдрес: https://other.example\nСтраница')],
    ['lines in another order', text.replace(/(Портал: .*)\n(Адрес: .*)\n/, '$2\n$1\n')],
    ['another opening', text.replace('ЭТО НЕ ДОКУМЕНТ', 'ЭТО ДОГОВОР')],
    ['a purpose that is not known', text.replace(/^.*\n.*\n/, 'ПЕРЕВОД ДЕНЕГ. ЭТО НЕ ДОКУМЕНТ.\nПодпись.\n')],
    ['openings of two purposes', text.replace(/^.*\n/, 'ПОДКЛЮЧЕНИЕ НОСИТЕЛЯ. ЭТО НЕ ДОКУМЕНТ.\n')],
    ['a right-to-left override', text.replace('Портал: ', 'Портал: \u202e')],
    ['a zero-width space', text.replace('Портал: П', 'Портал: \u200bП')],
    ['a tag character', text.replace('Портал: П', 'Портал: \u{e0041}П')],
    ['a tabulator', text.replace('Портал: П', 'Портал:\tП')],
    ['a time that is none', text.replace(/2026-11-2\d/g, '2026-13-22')],
    ['two times that differ', text.replace('00:30:05', '00:30:06')],
    ['a code that is too short', text.slice(0, -5)],
    ['a code with a letter that it lacks', text.replace(/.$/, 'U')],
    ['a code with bits beyond its end', text.replace(/.$/, 'Z')],
    ['labels of two languages', text.replace('Адрес:', 'Address:')],
    [
      'the English opening over Russian lines',
      text.replace(/^.*\n.*\n/, 'SIGN-IN TO A PORTAL. THIS IS NOT A DOCUMENT.\n\n'),
    ],
  ])('is none with %s', (_, altered) => {
    expect(altered).not.toBe(text);
    expect(parseChallengeText(altered)).toBeUndefined();
  });
});

describe('a document that resembles a challenge', () => {
  const russian = challengeText({ ...base, language: 'ru', portal: 'Портал' });
  const english = challengeText({ ...base, language: 'en', portal: 'Portal', purpose: 'carrier' });
  const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();
  const utf32 = (text: string) =>
    Buffer.from(Uint32Array.from([...text], (each) => each.codePointAt(0) ?? 0).buffer);
  const windows1251 = (text: string) =>
    Buffer.from(
      [...text].map((each) =>
        each >= 'А' && each <= 'я' ? each.charCodeAt(0) - 0x350 : each.charCodeAt(0) & 0x7f,
      ),
    );
  it.each([
    ['UTF-8', Buffer.from(russian)],
    ['UTF-8 with a mark of octet order', Buffer.from(`\ufeff${russian}`)],
    ['line ends of Windows', Buffer.from(russian.replaceAll('\n', '\r\n'))],
    ['blanks before it', Buffer.from(`${' \t\r\n'.repeat(100_000)}${russian}`)],
    ['no-break and zero-width blanks between', Buffer.from(russian.replaceAll(' ', '\u00a0\u200b'))],
    ['lower case', Buffer.from(english.toLowerCase())],
    ['wide letters', Buffer.from(english.replace('CARRIER', 'ＣＡＲＲＩＥＲ'))],
    ['UTF-16LE', Buffer.from(russian, 'utf16le')],
    ['UTF-16LE with its mark', Buffer.from(`\ufeff${russian}`, 'utf16le')],
    ['UTF-16BE', utf16be(`\ufeff${russian}`)],
    ['UTF-16LE after one octet', Buffer.concat([Buffer.from(' '), Buffer.from(russian, 'utf16le')])],
    ['UTF-32LE', utf32(russian)],
    ['Windows-1251', windows1251(russian)],
    ['English in UTF-16', Buffer.from(english, 'utf16le')],
    ['an older form', Buffer.from(challengeText({ ...base, language: 'ru', portal: 'Портал' }, 1))],
    ['only its first line', Buffer.from(russian.split('\n')[0]!)],
    ['words before it', Buffer.from(`Договор.\n${russian}`)],
  ])('is found in %s', async (_, octets) => {
    expect(await resemblesChallenge(octets)).toBe(true);
  });

  it.each([
    ['a contract', Buffer.from('ДОГОВОР № 1. Вход на портал оплачивает заказчик.')],
    ['an empty file', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(1_048_576)],
    ['random octets', randomBytes(1_048_576)],
  ])('is not found in %s', async (_, octets) => {
    expect(await resemblesChallenge(octets)).toBe(false);
  });
});
