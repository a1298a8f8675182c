import type { Failure } from './failure.ts';

/** Failures of the stand to build against. */
export const standFailures = {
  stand_running: {
    stage: 'service',
    indication: 'INDETERMINATE',
    details: { path: 'text' },
    en: {
      title: 'The stand runs already',
      cause: 'Another process runs the stand of this folder. The folder: {path}.',
      remedy: 'Use it as it is (sealgate stand status), or stop it first (sealgate stand down).',
    },
    ru: {
      title: 'Стенд уже запущен',
      cause: 'Стенд этой папки запущен другим процессом. Папка: {path}.',
      remedy: 'Пользуйтесь им (sealgate stand status) или сначала остановите его (sealgate stand down).',
    },
  },
  stand_tokenless: {
    stage: 'service',
    indication: 'INDETERMINATE',
    details: { problem: 'text' },
    en: {
      title: 'There is no token for the stand',
      cause: 'The stand keeps its keys on a software token, and none can be had here. Why: {problem}.',
      remedy: 'Install what is missing, or choose another algorithm with --algorithm.',
    },
    ru: {
      title: 'Для стенда нет носителя',
      cause: 'Ключи стенда хранятся на программном носителе, а его здесь нет. Почему: {problem}.',
      remedy: 'Установите недостающее или выберите другой алгоритм ключом --algorithm.',
    },
  },
  stand_failed: {
    stage: 'service',
    indication: 'INDETERMINATE',
    details: { problem: 'text' },
    en: {
      title: 'The stand did not start',
      cause: 'The process that was to run it has ended. What it said: {problem}.',
      remedy: 'Start it in the foreground to see more: sealgate stand up.',
    },
    ru: {
      title: 'Стенд не запустился',
      cause: 'Процесс, который должен был его вести, завершился. Что он сообщил: {problem}.',
      remedy: 'Запустите его на переднем плане, чтобы увидеть больше: sealgate stand up.',
    },
  },
} as const satisfies Record<string, Failure>;
