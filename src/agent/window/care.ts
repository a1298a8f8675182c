import type { Language } from '../../failure/failure.ts';
import { element } from '../../markup/element.ts';
import { status } from '../../markup/icon.ts';
import { byId, toNode } from '../../markup/node.ts';
import { refusal } from '../../markup/refusal.ts';
import type { TokensView } from '../view/model.ts';
import { ask, Refused } from './ask.ts';
import { fill } from './fill.ts';
import { orderOf, showHolder } from './order.ts';
import { type CareName, tokenRows } from './view/token.ts';
import { words as allWords } from './words.ts';

/** What `POST /v1/home/renew` and `order` answer. */
interface Renewed {
  /** PEM. */
  readonly request: string;
  readonly label: string;
  /** Of a renewal: whether the present certificate still counts. */
  readonly isInTerm?: boolean;
}

/** What `POST /v1/home/order` answers where the authority would not take it. */
interface Breaches {
  readonly breaches: readonly string[];
}

/** Where each kind of care is asked for. */
const paths: Readonly<Record<CareName, string>> = {
  change: '/v1/home/pin',
  unblock: '/v1/home/pin',
  'set-up': '/v1/home/set-up',
  import: '/v1/home/import',
  renew: '/v1/home/renew',
  order: '/v1/home/order',
  remove: '/v1/home/remove',
};

/** The part of the agent's page that shows tokens and takes care of them. */
export class TokenCare {
  private readonly language: Language;

  constructor(language: Language) {
    this.language = language;
    byId('tokens').addEventListener('submit', (event) => {
      event.preventDefault();
      void this.carryOut(event.target as HTMLFormElement);
    });
    byId('tokens').addEventListener('change', ({ target }) => {
      if (target instanceof HTMLInputElement && target.name === 'holder') showHolder(target);
    });
    byId('look').addEventListener('click', () => void this.show());
  }

  /** Shows the tokens that there are now, and what became of what was done last. */
  async show(said?: string): Promise<void> {
    const words = allWords[this.language];
    const button = byId('look') as HTMLButtonElement;
    button.disabled = true;
    fill('tokens-status', status('wait', words.care.looking));
    try {
      const view = await ask<TokensView>('/v1/home/tokens', { language: this.language });
      fill('tokens', ...tokenRows(view, this.language));
      fill('tokens-status', ...(said === undefined ? [] : [status('good', said)]));
      if (said !== undefined) byId('tokens-title').focus();
    } catch {
      fill('tokens-status', status('bad', words.failed));
    }
    button.disabled = false;
  }

  private async carryOut(form: HTMLFormElement): Promise<void> {
    const words = allWords[this.language];
    const name = form.dataset.care as CareName;
    const outcome = form.querySelector('.outcome') as HTMLElement;
    const button = form.querySelector('button') as HTMLButtonElement;
    const data = new FormData(form);
    if (data.get('wanted') !== data.get('again')) {
      outcome.replaceChildren(toNode(status('bad', words.care.notTheSame)));
      return;
    }
    button.disabled = true;
    outcome.replaceChildren(toNode(status('wait', words.care.atWork)));
    const body = await bodyOf(name, data, this.language);
    try {
      const answer = await ask<Renewed | Breaches>(paths[name], body, headersOf(form, name, data));
      if ('breaches' in answer) this.tell(outcome, answer);
      else if (name === 'renew' || name === 'order') this.offer(outcome, answer);
      else await this.show(words.care.done(form.dataset.title ?? ''));
    } catch (error) {
      const { code, words: said } =
        error instanceof Refused
          ? error
          : { code: 'agent_failed', words: { title: words.failed, cause: '', remedy: '' } };
      outcome.replaceChildren(toNode(refusal({ ...said, code }, words.refusal)));
    } finally {
      body.fill(0);
      for (const field of form.querySelectorAll<HTMLInputElement>('input[type=password]')) field.value = '';
      button.disabled = false;
    }
  }

  private tell(outcome: HTMLElement, { breaches }: Breaches): void {
    const { care } = allWords[this.language];
    outcome.replaceChildren(
      toNode(
        element(
          'div',
          { class: 'stack tight' },
          status('bad', care.breaches),
          element('ul', { class: 'keys' }, ...breaches.map((each) => element('li', {}, each))),
        ),
      ),
    );
  }

  /** The request as a file: the authority gets it, and the certificate that it gives is imported here. */
  private offer(outcome: HTMLElement, { request, label, isInTerm }: Renewed): void {
    const { care } = allWords[this.language];
    const next =
      isInTerm === undefined ? care.requestFirst : isInTerm ? care.requestInTerm : care.requestLate;
    const href = URL.createObjectURL(new Blob([request], { type: 'application/x-pem-file' }));
    outcome.replaceChildren(
      toNode(
        element(
          'div',
          { class: 'stack tight' },
          status('good', care.requested(label)),
          element('p', {}, next),
          element(
            'p',
            {},
            element('a', { class: 'button', href, download: `${label}.csr` }, care.downloadRequest),
          ),
        ),
      ),
    );
  }
}

/** Two parts with a zero between them: the PIN that the token knows, and what is to follow. */
async function bodyOf(name: CareName, data: FormData, language: Language): Promise<Uint8Array<ArrayBuffer>> {
  const first = new TextEncoder().encode(String(data.get('present') ?? ''));
  const second = await secondOf(name, data, language);
  const body = new Uint8Array(first.length + 1 + second.length);
  body.set(first);
  body.set(second, first.length + 1);
  first.fill(0);
  second.fill(0);
  return body;
}

async function secondOf(name: CareName, data: FormData, language: Language): Promise<Uint8Array> {
  const text = (part: string) => String(data.get(part) ?? '');
  switch (name) {
    case 'import':
      return new Uint8Array(await (data.get('file') as File).arrayBuffer());
    case 'order':
      return new TextEncoder().encode(JSON.stringify({ language, order: orderOf(text) }));
    case 'renew':
      return new TextEncoder().encode(text('fingerprint'));
    case 'remove':
      return new TextEncoder().encode(text('removed'));
    default:
      return new TextEncoder().encode(text('wanted'));
  }
}

function headersOf(form: HTMLFormElement, name: CareName, data: FormData): Record<string, string> {
  const label = data.get('label');
  return {
    'sealgate-token': form.dataset.token ?? '',
    'sealgate-care': name === 'unblock' ? String(data.get('by')) : name,
    ...(label !== null && { 'sealgate-label': encodeURIComponent(String(label)) }),
    ...(data.get('final-try') !== null && { 'sealgate-final-try': '1' }),
  };
}
