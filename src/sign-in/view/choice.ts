import { type Child, type Element, element } from '../../markup/element.ts';
import { status } from '../../markup/icon.ts';
import type { PageWords } from '../words/words.ts';
import type { PageFacts, PluginPresence, View } from './model.ts';

type Choice = Extract<View, { kind: 'choice' }>;

/** The ways to sign that are at hand: agent and plug-in where a script runs, another screen, a file. */
export function choice(view: Choice, facts: PageFacts, words: PageWords): Element[] {
  const { isLive, plugin, lastWay, challenge } = view;
  const isPluginFirst = plugin?.state === 'found' && lastWay !== 'agent';
  const live = isLive
    ? isPluginFirst
      ? [pluginWay(plugin, words, true), agentWay(view, words, false)]
      : [agentWay(view, words, true), plugin && pluginWay(plugin, words, false)]
    : [];
  return [
    element('h2', { id: 'panel-title', tabindex: '-1' }, words.choiceTitle),
    element(
      'ul',
      { class: 'ways' },
      live.map((way) => way && element('li', {}, way)),
      !facts.isOther && facts.purpose === undefined && element('li', {}, otherWay(facts, words)),
      element('li', {}, fileWay(facts, challenge, !isLive, words)),
    ),
  ];
}

function way(name: string, about: string, state: Child, action: Child, below?: Child): Element {
  return element(
    'div',
    { class: 'way' },
    element(
      'div',
      { class: 'about' },
      element('h3', {}, name),
      state,
      element('p', { class: 'small soft' }, about),
    ),
    action,
    below,
  );
}

function agentWay({ isAgentThere }: Choice, words: PageWords, isFirst: boolean): Element {
  return way(
    words.agentName,
    words.agentAbout,
    isAgentThere && status('good', words.agentThere),
    button('agent', words.showCertificates, words.agentName, isFirst),
  );
}

function pluginWay(plugin: PluginPresence, words: PageWords, isFirst: boolean): Element {
  switch (plugin.state) {
    case 'searching':
      return way(words.pluginName, words.pluginAbout, status('wait', words.pluginSearching), false);
    case 'found':
      return way(
        words.pluginName,
        words.pluginAbout,
        status('good', words.pluginFound(plugin.version)),
        button('plugin', words.showCertificates, words.pluginName, isFirst),
      );
    case 'missing':
      return way(
        words.pluginName,
        words.pluginAbout,
        status('warn', plugin.failure.title),
        false,
        element(
          'details',
          { class: 'remedy' },
          element('summary', {}, words.whatToDoThen),
          element(
            'div',
            { class: 'stack' },
            element('p', {}, plugin.failure.cause),
            element('p', {}, plugin.failure.remedy),
            element(
              'p',
              { class: 'small soft' },
              `${words.refusal.code}: `,
              element('span', { class: 'code' }, plugin.code),
            ),
            element(
              'div',
              { class: 'actions' },
              element(
                'button',
                { type: 'button', class: 'button', id: 'look', 'data-action': 'look' },
                words.checkAgain,
              ),
            ),
          ),
        ),
      );
  }
}

/** Two buttons read alike: what a screen reader says beside their words tells them apart. */
function button(name: 'agent' | 'plugin', label: string, way: string, isFirst: boolean): Element {
  return element(
    'button',
    {
      type: 'button',
      class: isFirst ? 'button primary' : 'button',
      id: `way-${name}`,
      'data-action': 'list',
      'data-value': name,
    },
    label,
    element('span', { class: 'visually-hidden' }, `: ${way}`),
  );
}

function otherWay({ action }: PageFacts, words: PageWords): Element {
  return way(
    words.otherName,
    words.otherAbout,
    false,
    element(
      'form',
      { method: 'post', action: `${action}/other` },
      element('button', { class: 'button', id: 'way-other' }, words.otherShow),
    ),
  );
}

function fileWay({ action }: PageFacts, challenge: string, isOpen: boolean, words: PageWords): Element {
  const { fileSteps: steps } = words;
  return element(
    'details',
    { class: 'way file', open: isOpen, id: 'way-file' },
    element(
      'summary',
      {},
      element(
        'span',
        { class: 'about' },
        element('strong', {}, words.fileName),
        element('span', { class: 'small soft' }, words.fileAbout),
      ),
    ),
    element(
      'ol',
      { class: 'file-steps' },
      element(
        'li',
        {},
        element('h3', {}, steps.download),
        element('p', { class: 'small soft' }, steps.downloadHint),
        element(
          'p',
          {},
          element(
            'a',
            { class: 'button', href: `${action}/text`, download: true, id: 'download' },
            steps.downloadButton,
          ),
        ),
      ),
      element('li', {}, element('h3', {}, steps.sign), element('p', { class: 'small soft' }, steps.signHint)),
      element(
        'li',
        {},
        element('h3', {}, steps.upload),
        element(
          'form',
          {
            method: 'post',
            action: `${action}/signature`,
            enctype: 'multipart/form-data',
            id: 'upload',
            class: 'stack',
          },
          element('input', { type: 'hidden', name: 'challenge', value: challenge }),
          element(
            'div',
            { class: 'field drop', id: 'drop' },
            element('label', { for: 'file' }, steps.fileLabel),
            element('input', {
              type: 'file',
              name: 'signature',
              id: 'file',
              accept: '.sig,.p7s,.p7m,.sgn,.txt,.pem,.b64',
              required: true,
            }),
            element(
              'p',
              { class: 'small soft', hidden: isOpen, id: 'drop-hint', role: 'status' },
              steps.drop,
            ),
          ),
          element(
            'div',
            { class: 'actions' },
            element('button', { class: 'button primary', id: 'send' }, steps.uploadButton),
          ),
        ),
      ),
    ),
  );
}
