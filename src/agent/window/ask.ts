import type { PageData } from '../view/model.ts';

/** What the agent has given this page. */
export function pageData(): PageData {
  return JSON.parse(document.getElementById('page-data')?.textContent ?? '{}') as PageData;
}

/** A refusal of the agent, in its words. */
export class Refused extends Error {
  readonly code: string;
  readonly words: { readonly title: string; readonly cause: string; readonly remedy: string };

  constructor(code: string, words: Refused['words']) {
    super(code);
    this.code = code;
    this.words = words;
  }
}

/** What goes with a request: a JSON value, or the octets of a PIN. */
export type Body = Uint8Array<ArrayBuffer> | Readonly<Record<string, unknown>>;

/** Asks the agent, and gives its answer. Throws `Refused`, and a TypeError where it does not answer. */
export async function ask<T>(
  path: string,
  body: Body = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<T> {
  const response = await send(path, body, headers);
  return (await response.json()) as T;
}

/** Asks the agent for values that come one by one. Throws as `ask` does, also where the answer breaks off. */
export async function* askFor<T>(
  path: string,
  body: Body = {},
  headers: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): AsyncGenerator<T> {
  const response = await send(path, body, headers, signal);
  const reader = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>)
    .pipeThrough(new TextDecoderStream())
    .getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = `${text}${value}`.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as T;
  }
}

async function send(
  path: string,
  body: Body,
  headers: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<Response> {
  const isOctets = body instanceof Uint8Array;
  const response = await fetch(path, {
    method: 'POST',
    headers: {
      'content-type': isOctets ? 'application/octet-stream' : 'application/json',
      'sealgate-key': pageData().key,
      ...headers,
    },
    body: isOctets ? body : JSON.stringify(body),
    ...(signal !== undefined && { signal }),
  });
  if (response.ok) return response;
  const { code, title, detail, remedy } = (await response.json()) as Record<string, string>;
  throw new Refused(code ?? 'agent_failed', {
    title: title ?? '',
    cause: detail ?? '',
    remedy: remedy ?? '',
  });
}
