import type { Language } from './failure.ts';

/**
 * What may be wrong with a field of a request, a setting or an argument, in English as stages say it, `{}` standing for
 * a value, and in Russian. Stages hand the English on, which machines have been given ever since; people read it here.
 */
const problems: readonly (readonly [en: string, ru: string])[] = [
  // What a schema finds.
  ['is missing', 'не указано'],
  ['unknown', 'такого поля нет'],
  ['wrong', 'значение не подходит'],
  ['must be text', 'нужна строка'],
  ['must be a number', 'нужно число'],
  ['must be a whole number', 'нужно целое число'],
  ['must be true or false', 'нужно true или false'],
  ['must be a list', 'нужен список'],
  ['must be an object', 'нужен объект'],
  ['must be empty', 'значения быть не должно'],
  ['must be a time', 'нужно время'],
  ['must be at most {}', 'не больше {}'],
  ['must be less than {}', 'меньше {}'],
  ['must be at least {}', 'не меньше {}'],
  ['must be more than {}', 'больше {}'],
  ['must have at most {} characters', 'не больше {} знаков'],
  ['must have at least {} characters', 'не меньше {} знаков'],
  ['must have at most {} entries', 'не больше {} элементов'],
  ['must have at least {} entries', 'не меньше {} элементов'],
  ['must not be empty', 'не должно быть пустым'],
  ['must be a multiple of {}', 'должно делиться на {}'],
  ['must be one of {}', 'допустимо только: {}'],
  ['must be {}', 'нужно {}'],
  ['must be base64', 'нужно base64'],
  ['must be base64url', 'нужно base64url'],
  ['must be an address such as https://portal.example', 'нужен адрес вида https://portal.example'],
  ['must be a date and time such as 2026-11-28T12:00:00Z', 'нужны дата и время вида 2026-11-28T12:00:00Z'],
  ['must be a date such as 2026-11-28', 'нужна дата вида 2026-11-28'],
  ['has another form than expected', 'написано не в том виде'],
  ['fits none of the forms that are allowed here', 'не подходит ни под один из допустимых здесь видов'],
  // Requests.
  ['given twice', 'указано дважды'],
  ['is no time-stamp', 'это не штамп времени'],
  ['cut off', 'оборвано'],
  ['not UTF-8', 'не UTF-8'],
  ['not JSON', 'не JSON'],
  ['nested too deeply', 'вложено слишком глубоко'],
  ['holds a lone surrogate', 'содержит половину символа (одиночный суррогат)'],
  ['not HTTP', 'не HTTP'],
  ['not a form', 'не форма'],
  ['too many parts', 'слишком много частей'],
  ['not a form with files', 'не форма с файлами'],
  ['is too long', 'слишком длинно'],
  ['must not be used', 'использовать нельзя'],
  ['must be {} in UTF-8', 'нужно {} в UTF-8'],
  ['not valid percent-encoding', 'неверное процентное кодирование'],
  ['in the future', 'это в будущем'],
  ['must be allow or deny', 'нужно allow или deny'],
  ['must be 10 or 12 digits', 'нужно 10 или 12 цифр'],
  ['must be `next` of an answer', 'нужно значение `next` из ответа'],
  // Requests to the agent.
  ['it is missing', 'не указано'],
  ['not an object', 'это не объект'],
  ['not base64', 'не base64'],
  ['not two parts', 'нужны две части, разделённые нулём'],
  ['no name', 'не указано, что удалить'],
  ['no label', 'не указано имя'],
  ['no request of a page', 'это не запрос страницы'],
  ['nothing to be signed', 'подписывать нечего'],
  ['it is set up', 'он уже подготовлен'],
  ['it was not added', 'он не добавлен'],
  ['it was answered unread', 'ответ пришёл раньше, чем можно было прочесть'],
  ['it is missing or has another form', 'не указано или написано не в том виде'],
  // Settings.
  ['there is no such setting', 'такой настройки нет'],
  ['is needed where {} is set', 'нужно, если задано {}'],
  ['{} is not a JSON object', '{} — не объект JSON'],
  ['no JSON', 'не JSON'],
  [
    'is where this file was found; set SEALGATE_DATA, or name the file by SEALGATE_CONFIG',
    'этот файл найден именно там; задайте SEALGATE_DATA или укажите файл в SEALGATE_CONFIG',
  ],
  [
    'the database is either this or the file of SEALGATE_DATABASE: set one of them',
    'база — либо эта, либо файл из SEALGATE_DATABASE: задайте одно из двух',
  ],
  [
    'must be an absolute path, or begin with syslog://, syslog+tcp://, http:// or https://',
    'нужен абсолютный путь или адрес, начинающийся с syslog://, syslog+tcp://, http:// или https://',
  ],
  ['must be sha256: and 43 characters of base64url', 'нужно sha256: и 43 знака base64url'],
  ['must be whsec_ and base64 of 24 octets or more', 'нужно whsec_ и base64 не менее чем 24 байт'],
  ['must be an http or https address', 'нужен адрес http или https'],
  ['must begin with smtp:// or smtps://', 'должно начинаться с smtp:// или smtps://'],
  ['must be port numbers', 'нужны номера портов'],
  ['must be a path such as /esia', 'нужен путь вида /esia'],
  ['must be a list, in the environment separated by commas', 'нужен список, в переменной — через запятую'],
  ['must be a whole number from {} to {}', 'нужно целое число от {} до {}'],
  ['must be addresses or networks such as 10.0.0.0/8', 'нужны адреса или сети вида 10.0.0.0/8'],
  [
    'must be postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with marks such as @, / and # in the password percent-encoded',
    'нужно postgresql://USER:PASSWORD@HOST:PORT/DATABASE, знаки вроде @, / и # в пароле — в процентном кодировании',
  ],
  [
    'names the PostgreSQL that is copied into, and is not set',
    'называет PostgreSQL, куда копируется база, и не задано',
  ],
  ['the folder of pins cannot be read', 'папку с отпечатками не прочитать'],
  ['lower-case SHA-256 in hexadecimal', 'нужен SHA-256 строчными шестнадцатеричными цифрами'],
  ['cannot be read', 'не прочитать'],
  ['cannot be written', 'не записать'],
  ['cannot be made', 'не создать'],
  ['cannot be listened at', 'занять этот адрес нельзя'],
  // What the service keeps.
  ['there is no database of Sealgate at {}', 'базы Sealgate там нет: {}'],
  [
    'there is no database of Sealgate: is the data folder the right one?',
    'базы Sealgate здесь нет: та ли это папка данных?',
  ],
  ['it was made by a newer version of Sealgate', 'она создана более новой версией Sealgate'],
  ['step {} of its schema is not the one of this version', 'шаг {} её схемы — не этой версии'],
  [
    'holds no secret that sealed the audit (key {}): put that one back, below a newer one',
    'нет секрета, которым заверен журнал (ключ {}): верните его под более новым',
  ],
  [
    'is not there, though the audit of the database rests on it: put it back from a backup',
    'его нет, а на нём держится журнал базы: верните его из резервной копии',
  ],
  ['holds no secret', 'в нём нет секрета'],
  ['it names no module-path', 'в нём нет module-path'],
  ['a PIN must not stand in it; use pin-source', 'PIN-кода в нём быть не должно; укажите pin-source'],
  ['it is not a PKCS#11 URI', 'это не URI PKCS#11'],
  ['{} stands in it twice', '{} указано в нём дважды'],
  ['its percent-encoding is wrong', 'в нём неверное процентное кодирование'],
  // Registrations.
  ['must be 1 to 64 of the characters {}', 'нужно от 1 до 64 знаков из набора {}'],
  ['must be the name of a scope, such as fullname', 'нужно имя scope, например fullname'],
  [
    'must be a certificate with an RSA key or a GOST R 34.10-2012 key of 256 bits',
    'нужен сертификат с ключом RSA или ГОСТ Р 34.10-2012 длиной 256 бит',
  ],
  [
    'must be an origin such as https://portal.example, or an address on one without a fragment',
    'нужен origin вида https://portal.example или адрес на нём без фрагмента',
  ],
  [
    'must be an origin such as https://portal.example, in lower case and without a path',
    'нужен origin вида https://portal.example, строчными буквами и без пути',
  ],
  [
    'must be an address such as https://portal.example/signed-in, as a browser writes it, without a fragment and without the parameters code, state, iss, error',
    'нужен адрес вида https://portal.example/signed-in, как его пишет браузер, без фрагмента и параметров code, state, iss, error',
  ],
  ['must be a public key: this one has private members', 'нужен открытый ключ: в этом есть закрытая часть'],
  ['must name openid', 'среди них должен быть openid'],
  ['is needed for this', 'для этого нужно задать'],
  ['must lie on one host where subjects are pairwise', 'при pairwise адреса должны быть на одном узле'],
  ['must lie on a registered origin', 'должно быть на зарегистрированной странице (origin)'],
  ['contains control or invisible characters', 'содержит управляющие или невидимые знаки'],
  ['must be a code of the classifier of powers', 'нужен код из классификатора полномочий'],
  ['must be an address or a network such as 10.0.0.0/8', 'нужен адрес или сеть вида 10.0.0.0/8'],
  ['names a source twice', 'источник назван дважды'],
  ['order names no source of revocation, or one twice', 'в order нет источников или один назван дважды'],
  ['grace has to lie between 0 and {} ms', 'отсрочка должна быть от 0 до {} мс'],
  ['longestWithoutNonce has to lie between 0 and {} ms', 'срок ответа без nonce должен быть от 0 до {} мс'],
  ['patience has to be positive', 'время ожидания должно быть больше нуля'],
  [
    'preferredPatience has to lie between 0 and patience',
    'ожидание первого источника — от 0 до общего ожидания',
  ],
  ['breakGlass needs a reason and an operator', 'для breakGlass нужны причина и имя решившего'],
  [
    'breakGlass has to end within {} ms of its beginning',
    'breakGlass должен кончиться не позже чем через {} мс',
  ],
  [
    'needs SEALGATE_CLIENT_CERTIFICATE_HEADER, the header in which a proxy passes certificates',
    'нужна SEALGATE_CLIENT_CERTIFICATE_HEADER — заголовок, в котором прокси передаёт сертификаты',
  ],
  ['is a certificate of a key that cannot be used here', 'это сертификат ключа, который здесь непригоден'],
  // Arguments of commands.
  ['the subject is empty', 'имя владельца пусто'],
  ['no NAME=value: {}', 'это не ИМЯ=значение: {}'],
  ['the value of {} is empty', 'значение {} пусто'],
  ['unknown attribute {}; known are {} and OIDs', 'неизвестный атрибут {}; известны {} и OID'],
  ['a quotation mark is not closed', 'кавычка не закрыта'],
  ['{} is no parameter set of {} bits', '{} — не набор параметров для {} бит'],
  ['the two entries differ', 'введено по-разному'],
  ['there is no {} to be put back', 'возвращать нечего: {} нет'],
  ['is needed with these options', 'с этими ключами нужно указать'],
  ['{} cannot be read as a certificate', '{} не прочитать как сертификат'],
  ['is no JSON', 'не JSON'],
  ['larger than any evidence', 'больше любых материалов'],
  ['must be {} to {}', 'нужно от {} до {}'],
  ['must be {} or {}', 'нужно {} или {}'],
];

const exact = new Map(problems);

/** Templates with values in them, those with the longest text of their own first. */
const templates = problems
  .filter(([en]) => en.includes('{}'))
  .toSorted(([a], [b]) => b.length - a.length)
  .map(([en, ru]) => ({ pattern: new RegExp(`^${en.split('{}').map(escaped).join('(.+)')}$`, 'u'), ru }));

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** A problem as a person reads it in `language`; one that is not listed stays as it is. */
export function problemIn(problem: string, language: Language): string {
  if (language === 'en') return problem;
  const whole = exact.get(problem);
  if (whole !== undefined) return whole;
  for (const { pattern, ru } of templates) {
    const [, ...values] = pattern.exec(problem) ?? [undefined];
    if (values.length > 0) return ru.replaceAll('{}', () => values.shift() ?? '');
  }
  return problem;
}
