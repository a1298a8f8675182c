import { ServerResponse } from 'node:http';
import { afterAll, expect } from 'vitest';
import type { Answered } from './service/contract.ts';

// Whatever tests bring a service of this process to answer is held to the OpenAPI document when their file ends.
// Answers are taken where they leave, so that nothing in between can make them look better than they are.

/** Of one route and status so many are kept; a flood of the same answers shows nothing new. */
const most = 50;

const recorded = new Map<string, Answered[]>();
const begun = new WeakMap<ServerResponse, { readonly status: number; readonly type: string }>();

const { writeHead, write, end } = ServerResponse.prototype;

ServerResponse.prototype.writeHead = function (this: ServerResponse, ...all: unknown[]) {
  const [status, headers] = all as [number, Record<string, string> | undefined];
  const type = headers?.['content-type']?.split(';')[0];
  if (headers?.['x-trace-id'] !== undefined && type !== undefined) begun.set(this, { status, type });
  return Reflect.apply(writeHead, this, all);
} as typeof writeHead;

ServerResponse.prototype.write = function (this: ServerResponse, ...all: unknown[]) {
  record(this, all[0]);
  return Reflect.apply(write, this, all);
} as typeof write;

ServerResponse.prototype.end = function (this: ServerResponse, ...all: unknown[]) {
  record(this, all[0]);
  return Reflect.apply(end, this, all);
} as typeof end;

/** Each answer of the service is written in one piece. */
function record(response: ServerResponse, content: unknown): void {
  const { method = '', route } = response.req as { method?: string; route?: { path: string } };
  const head = begun.get(response);
  if (head === undefined || route === undefined || method === 'HEAD') return;
  begun.delete(response);
  const place = `${method} ${route.path} ${head.status}`;
  const known = recorded.get(place) ?? [];
  recorded.set(place, known);
  if (known.length < most)
    known.push({ ...head, method, route: route.path, body: Buffer.from(content as string).toString() });
}

afterAll(async () => {
  if (recorded.size === 0) return;
  const { disagreements, servedContract } = await import('./service/contract.ts');
  expect(disagreements(servedContract(), [...recorded.values()].flat())).toEqual([]);
});
