import { element } from '../../markup/element.ts';
import { status } from '../../markup/icon.ts';
import { byId, toNode } from '../../markup/node.ts';
import { refusal } from '../../markup/refusal.ts';
import type { TokensView } from '../view/model.ts';
import { ask, Refused } from './ask.ts';
import { fill } from './fill.ts';
import { type CareName, tokenRows } from './view/token.ts';
import { words as allWords } from './words.ts';

/** What `POST /v1/home/renew` answers. */
interface Renewed {
  /** PEM. */
  readonly request: string;
  readonly label: string;
  readonly isInTerm: boolean;
}

/** Where each kind of care is asked for. */
const paths: Readonly<Record<CareName, string>> = {
  change: '/v1/home/pin',
  unblock: '/v1/home/pin',
  'set-up': '/v1/home/set-up',
  import: '/v1/home/import',
  renew: '/v1/home/renew',
};

/** The part of the agent's page that shows tokens and takes care of them. */
export class TokenCare {
  private readonly language: keyof typeof allWords;

  constructor(language: keyof typeof allWords) {
    this.language = language;
    byId('tokens').addEventListener('submit', (event) => {
      event.preventDefault();
      void this.carryOut(event.target as HTMLFormElement);
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
    const body = await bodyOf(name, data);
    try {
      const answer = await ask<Renewed>(paths[name], body, headersOf(form, name, data));
      if (name === 'renew') this.offer(outcome, answer);
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

  /** The request as a file: the authority gets it, and the certificate that it gives is imported here. */
  private offer(outcome: HTMLElement, { request, label, isInTerm }: Renewed): void {
    const { care } = allWords[this.language];
    const href = URL.createObjectURL(new Blob([request], { type: 'application/x-pem-file' }));
    outcome.replaceChildren(
      toNode(
        element(
          'div',
          { class: 'stack tight' },
          status('good', care.requested(label)),
          element('p', {}, isInTerm ? care.requestInTerm : care.requestLate),
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
async function bodyOf(name: CareName, data: FormData): Promise<Uint8Array<ArrayBuffer>> {
  const first = new TextEncoder().encode(String(data.get('present') ?? ''));
  const second = await secondOf(name, data);
  const body = new Uint8Array(first.length + 1 + second.length);
  body.set(first);
  body.set(second, first.length + 1);
  first.fill(0);
  second.fill(0);
  return body;
}

async function secondOf(name: CareName, data: FormData): Promise<Uint8Array> {
  if (name === 'import') return new Uint8Array(await (data.get('file') as File).arrayBuffer());
  const text = data.get(name === 'renew' ? 'fingerprint' : 'wanted');
  return new TextEncoder().encode(String(text ?? ''));
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
