import type { Agent, Dispatcher, request } from 'undici';
import type { ProxySettings } from './proxy.ts';

type RequestOptions = Omit<NonNullable<Parameters<typeof request>[1]>, 'dispatcher'>;

/**
 * Loads what carries requests. It is large, and a service that trusts nobody yet asks nobody: so it is loaded with the
 * first request, or before, where one is to be expected that must not wait for it.
 */
export const loadTransport = () => import('./dispatcher.ts');

/** Sends requests over connections of its own, by the proxies of the operator. */
export class Transport {
  private readonly proxy: ProxySettings | undefined;
  private readonly options: () => Agent.Options | Promise<Agent.Options>;
  private opened: Promise<Dispatcher> | undefined;

  /** `options` is called with the first request. */
  constructor(proxy: ProxySettings | undefined, options: () => Agent.Options | Promise<Agent.Options>) {
    this.proxy = proxy;
    this.options = options;
  }

  /** As undici's own `request`. */
  async request(url: string | URL, options: RequestOptions): Promise<Dispatcher.ResponseData<unknown>> {
    const { dispatcherBy, request } = await loadTransport();
    this.opened ??= Promise.resolve(this.options()).then((given) => dispatcherBy(this.proxy, given));
    return request(url, { ...options, dispatcher: await this.opened });
  }

  /** Lets requests that are under way end. */
  async close(): Promise<void> {
    await (await this.opened)?.close();
  }

  /** Ends them. */
  async destroy(): Promise<void> {
    await (await this.opened)?.destroy();
  }
}
