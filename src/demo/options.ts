import { parseArgs } from 'node:util';
import type { KeyKind } from '../authority/key.ts';
import type { Language } from '../failure/failure.ts';
import type { KeyAlgorithm } from '../token/key-pair.ts';

/** Algorithms of the demo: what the authority and the token make their keys of. */
export const demoAlgorithms = {
  rsa: { authority: 'rsa-2048', token: 'rsa-2048' },
  ecdsa: { authority: 'ecdsa-p256', token: 'ec-p256' },
  gost: { authority: 'gost2012-256', token: 'gost2012-256' },
} as const satisfies Record<string, { authority: KeyKind; token: KeyAlgorithm }>;

export type DemoAlgorithm = keyof typeof demoAlgorithms;

/** What the demo was asked for. */
export interface DemoOptions {
  /** End after the run. */
  readonly isOnce: boolean;
  /** Undefined where the person left the choice to the demo. */
  readonly algorithm: DemoAlgorithm | undefined;
  readonly language: Language;
  /** Show a portal that was built for ЕСИА as well. */
  readonly isEsia: boolean;
  /** Processes of the service; several run on PostgreSQL, and one of them is killed. */
  readonly replicas: number;
  /** Folder of all the demo's state; its former contents are removed. */
  readonly folder: string;
}

/** Options of the command line; a string names what is wrong. `language` is the one of the person's system. */
export function readOptions(
  args: readonly string[],
  language: Language,
  defaultFolder: string,
): DemoOptions | string {
  let values: {
    once?: boolean;
    esia?: boolean;
    replicas?: string;
    algorithm?: string;
    language?: string;
    folder?: string;
  };
  try {
    const options = {
      once: { type: 'boolean' },
      esia: { type: 'boolean' },
      replicas: { type: 'string' },
      algorithm: { type: 'string' },
      language: { type: 'string' },
      folder: { type: 'string' },
    } as const;
    values = parseArgs({ args: [...args], options, allowPositionals: false }).values;
  } catch {
    return args.join(' ');
  }
  if (values.algorithm !== undefined && !Object.hasOwn(demoAlgorithms, values.algorithm))
    return values.algorithm;
  if (values.language !== undefined && values.language !== 'en' && values.language !== 'ru')
    return values.language;
  if (values.replicas !== undefined && !/^[1-9]$/.test(values.replicas)) return values.replicas;
  return {
    isOnce: values.once ?? false,
    algorithm: values.algorithm as DemoAlgorithm | undefined,
    language: (values.language as Language | undefined) ?? language,
    isEsia: values.esia ?? false,
    replicas: Number(values.replicas ?? 1),
    folder: values.folder ?? defaultFolder,
  };
}
