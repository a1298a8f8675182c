import { element } from '../../markup/element.ts';
import { status } from '../../markup/icon.ts';
import { byId, toNode } from '../../markup/node.ts';
import type { ChoiceView, HomeState } from '../view/model.ts';
import { ask, askFor, pageData } from './ask.ts';
import { TokenCare } from './care.ts';
import { copyOnClick } from './copy.ts';
import { fill } from './fill.ts';
import { certificateLines } from './view/certificate.ts';
import {
  type DoctorReport,
  findingRows,
  homePage,
  originRows,
  reportText,
  signatureRows,
} from './view/home.ts';
import { words as allWords } from './words.ts';

const storedLanguage = sessionStorage.getItem('language');
const language = storedLanguage === 'ru' || storedLanguage === 'en' ? storedLanguage : pageData().language;
const words = allWords[language];

/** How often the page looks whether a request waits for the person, in milliseconds. */
const interval = 3000;

document.documentElement.lang = language;
document.title = words.homeTitle;
byId('main').replaceChildren(toNode(homePage(words)));
byId('language').addEventListener('click', () => {
  sessionStorage.setItem('language', language === 'ru' ? 'en' : 'ru');
  location.reload();
});
byId('search').addEventListener('click', () => void showCertificates());
byId('examine').addEventListener('click', () => void showDoctor());
byId('origins').addEventListener('click', (event) => void removeOrigin(event.target as HTMLElement));
byId('forget').addEventListener('click', async () => {
  await ask('/v1/home/forget-pins');
  await showState();
});
const care = new TokenCare(language);
void showState()
  .then(showCertificates)
  .then(() => care.show());
setInterval(() => {
  if (document.visibilityState === 'visible') void showWaiting();
}, interval);

async function showState(): Promise<void> {
  try {
    const state = await ask<HomeState>('/v1/home/state');
    fill('about', words.homeAbout(state.base, state.version));
    fill('origins', ...originRows(state.origins, language));
    fill('signatures', ...signatureRows(state.signatures, language));
    fill('pins', words.keptPins(state.keptPins));
    byId('kept').hidden = state.keptPins === 0;
    showRequest(state);
  } catch {
    fill('about', status('bad', words.failed));
  }
}

async function showWaiting(): Promise<void> {
  await ask<HomeState>('/v1/home/state').then(showRequest, () => undefined);
}

/** A request whose window the browser did not open can be opened from here. */
function showRequest({ waiting }: HomeState): void {
  if (waiting === undefined) {
    fill('waiting');
    return;
  }
  if (document.getElementById('request')?.getAttribute('href') === waiting.path) return;
  fill(
    'waiting',
    element(
      'div',
      { class: 'panel stack' },
      element('p', {}, status('warn', words.waitingRequest(waiting.origin))),
      element(
        'p',
        {},
        element(
          'a',
          { class: 'button primary', id: 'request', href: waiting.path, rel: 'noopener', target: '_blank' },
          words.openRequest,
        ),
      ),
    ),
  );
}

async function showCertificates(): Promise<void> {
  const button = byId('search') as HTMLButtonElement;
  button.disabled = true;
  fill('certificates');
  fill('certificates-status', status('wait', words.searching));
  let count = 0;
  try {
    for await (const choice of askFor<ChoiceView>('/v1/home/certificates', { language })) {
      if ('certificate' in choice) count++;
      byId('certificates').append(toNode(choiceRow(choice)));
    }
    fill(
      'certificates-status',
      ...(count === 0
        ? [status('warn', words.noCertificates), element('span', {}, words.noCertificatesAbout)]
        : []),
    );
  } catch {
    fill('certificates-status', status('bad', words.failed));
  }
  button.disabled = false;
}

function choiceRow(choice: ChoiceView) {
  if ('certificate' in choice) {
    return element(
      'li',
      {},
      element('span', { class: 'stack tight' }, certificateLines(choice.certificate, language, Date.now())),
    );
  }
  const { module, failure } = choice.trouble;
  return element(
    'li',
    {},
    element(
      'span',
      { class: 'stack tight' },
      status('warn', `${words.driver(module)}: ${failure.words.title}`),
      element('span', { class: 'small' }, failure.words.remedy),
    ),
  );
}

async function removeOrigin({ dataset }: HTMLElement): Promise<void> {
  const { origin } = dataset;
  if (origin === undefined) return;
  await ask('/v1/home/remove-origin', { origin });
  await showState();
  fill('origins-status', words.removed(origin));
  byId('origins-title').focus();
}

async function showDoctor(): Promise<void> {
  const button = byId('examine') as HTMLButtonElement;
  button.disabled = true;
  fill('findings');
  fill('doctor-status', status('wait', words.examining));
  try {
    const report = await ask<DoctorReport>('/v1/home/doctor', { language });
    const count = (state: string) => report.filter((finding) => finding.state === state).length;
    const [bad, warnings] = [count('bad'), count('warning')];
    const sign = bad > 0 ? 'bad' : warnings > 0 ? 'warn' : 'good';
    fill('doctor-status', status(sign, words.examined(bad, warnings)));
    fill('findings', ...findingRows(report, words));
    byId('copy-report').hidden = false;
    copyOnClick(byId('copy-report'), reportText(report), words.refusal.copied);
  } catch {
    fill('doctor-status', status('bad', words.failed));
  }
  button.disabled = false;
}
