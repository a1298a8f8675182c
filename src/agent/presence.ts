import { rm } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { readKept, writeKept } from './kept-file.ts';

/** Where a running agent can be found. */
export interface Presence {
  readonly pid: number;
  readonly port: number;
  readonly version: string;
  /** In ms since the epoch. */
  readonly startedAt: number;
}

/** How long an agent may take to answer on loopback, in milliseconds. */
const patience = 2_000;

const fileOf = (folder: string) => join(folder, 'running.json');

/** Writes where this agent can be found. */
export function announce(folder: string, presence: Presence): Promise<void> {
  return writeKept(fileOf(folder), presence);
}

/** Takes that back, when the agent ends. */
export function withdraw(folder: string): Promise<void> {
  return rm(fileOf(folder), { force: true });
}

/** The agent that runs from this folder and answers; undefined if there is none. */
export async function findRunning(folder: string): Promise<Presence | undefined> {
  const presence = await readKept(fileOf(folder), read, undefined).catch(() => undefined);
  if (presence === undefined || !isAlive(presence.pid)) return undefined;
  return (await answers(presence.port)) ? presence : undefined;
}

/** Whether an agent answers at a port of this machine. */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path: '/v1/status', timeout: patience }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > 1000) response.destroy();
      });
      response.on('close', () => resolve(response.statusCode === 200 && isAgent(text)));
    });
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => resolve(false));
    asked.end();
  });
}

function isAgent(text: string): boolean {
  try {
    return JSON.parse(text).agent === 'sealgate';
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function read(value: unknown): Presence | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { pid, port, version, startedAt } = value as Partial<Presence>;
  const isWhole = [pid, port, startedAt].every((number) => Number.isSafeInteger(number));
  return isWhole && typeof version === 'string' ? (value as Presence) : undefined;
}
