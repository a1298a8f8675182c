import type { Language } from './failure.ts';

/** Why the agent refuses a request, a text or a document, and why its window did not open. */
export const agentTerms = {
  'peer-address': { en: 'the request came over the network', ru: 'запрос пришёл по сети' },
  host: { en: 'the address that the browser asked for', ru: 'адрес, к которому обратился браузер' },
  'fetch-site': { en: 'the page that sent the request', ru: 'страница, отправившая запрос' },
  'request-type': { en: 'the type of what was sent', ru: 'тип переданных данных' },
  'page-key': { en: 'the key of the window', ru: 'ключ окна' },
  seat: { en: 'the window’s place at this request', ru: 'право окна отвечать на этот запрос' },
  'text-unreadable': { en: 'it is no text of a sign-in', ru: 'это не текст входа' },
  'text-too-long': { en: 'it is too long', ru: 'он слишком длинный' },
  'text-content': {
    en: 'the octets to be signed are not those of the text',
    ru: 'подписать просят не те байты, которые составляют текст',
  },
  'text-origin': { en: 'it names no proper address of a site', ru: 'в нём нет правильного адреса сайта' },
  'document-challenge': { en: 'it reads as a sign-in', ru: 'он читается как вход на портал' },
  'document-attributes': {
    en: 'it has the form of a signature’s own data',
    ru: 'он имеет вид служебных данных подписи',
  },
  'document-name': { en: 'its name holds hidden characters', ru: 'в его имени есть скрытые символы' },
  'document-empty': { en: 'it is empty', ru: 'он пуст' },
  'opener-missing': { en: 'there is no such program', ru: 'такой программы нет' },
  'opener-ended': { en: 'the program ended with an error', ru: 'программа завершилась с ошибкой' },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;
