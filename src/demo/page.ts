import type { Language } from '../failure/failure.ts';
import type { Claims } from '../portal/index.ts';

const words = {
  en: {
    title: 'Demo portal',
    nobody: 'Nobody is signed in from this browser.',
    how: 'The demo signs in by itself, with a token of its own; the login page comes with a later version.',
    organisation: 'Organisation',
    signer: 'Signed by',
    position: 'Position',
    level: 'Class of the signing tool',
    until: 'Assertion good until',
    service: 'Service',
  },
  ru: {
    title: 'Демонстрационный портал',
    nobody: 'В этом браузере никто не вошёл.',
    how: 'Демонстрация входит сама, со своим токеном; страница входа появится в следующей версии.',
    organisation: 'Организация',
    signer: 'Подписал',
    position: 'Должность',
    level: 'Класс средства подписи',
    until: 'Утверждение действует до',
    service: 'Сервис',
  },
} as const;

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem;color:#1d2733}
h1{font-size:1.4rem}dt{color:#5b6b7b}dd{margin:0 0 .8rem}footer{margin-top:3rem;color:#5b6b7b}`;

/** The portal's only page: who is signed in. Everything that comes from outside is escaped. */
export function portalPage(claims: Claims | undefined, service: string, language: Language): string {
  const text = words[language];
  const body = claims === undefined ? `<p>${text.nobody}</p><p>${text.how}</p>` : list(claims, language);
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${text.title}</title>
<style>${style}</style></head><body><h1>${text.title}</h1>${body}
<footer>${text.service}: ${escapeHtml(service)}</footer></body></html>`;
}

function list({ organisation, signer, acr, exp }: Claims, language: Language): string {
  const text = words[language];
  const numbers = [
    organisation.inn && `ИНН ${organisation.inn}`,
    organisation.ogrn && `ОГРН ${organisation.ogrn}`,
  ];
  const rows: [string, string | undefined][] = [
    [text.organisation, [organisation.name, ...numbers].filter(Boolean).join(', ')],
    [text.signer, signer.name],
    [text.position, signer.position],
    [text.level, acr],
    [text.until, new Date(exp * 1000).toLocaleString(language)],
  ];
  const shown = rows.filter((row): row is [string, string] => row[1] !== undefined);
  return `<dl>${shown.map(([label, value]) => `<dt>${label}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
