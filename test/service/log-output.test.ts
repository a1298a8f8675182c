import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { logOutput } from '../../src/service/log-output.ts';

const folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a log', () => {
  it('holds every line in its order', async () => {
    const file = join(folder, 'log');
    const descriptor = openSync(file, 'w');
    const output = logOutput(descriptor);
    const lines = Array.from({ length: 5_000 }, (_, index) => `line ${index} ${'ы'.repeat(index % 50)}\n`);
    for (const line of lines) output.write(line);
    await output.close();
    closeSync(descriptor);
    expect(readFileSync(file, 'utf8')).toBe(lines.join(''));
  });

  it('on a full disk loses its lines and closes', async () => {
    const descriptor = openSync('/dev/full', 'w');
    const output = logOutput(descriptor);
    output.write('line\n'.repeat(5_000));
    output.flush();
    output.write('line\n');
    await output.close();
    closeSync(descriptor);
  });

  it('whose reader was not ready tells how many lines were lost, once it is', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const descriptor = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    const output = logOutput(descriptor);
    const line = `${'x'.repeat(1_023)}\n`;
    for (let each = 0; each < 3_000; each += 1) output.write(line);
    const chunk = Buffer.alloc(65_536);
    let text = '';
    const take = () => {
      try {
        for (let length = 1; length > 0; ) {
          length = readSync(reader, chunk);
          text += chunk.toString('latin1', 0, length);
        }
      } catch {
        // The reader was faster than the writer.
      }
    };
    const reading = setInterval(take, 5);
    while (!text.includes('log lines were lost')) {
      output.flush();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    output.write('last\n');
    await output.close();
    clearInterval(reading);
    take();
    closeSync(descriptor);
    closeSync(reader);
    const told = text.split('\n').find((each) => each.includes('log lines were lost')) ?? '';
    const { lost } = JSON.parse(told) as { lost: number };
    expect(lost + text.split(line).length - 1).toBe(3_000);
    expect(text.endsWith('last\n')).toBe(true);
  });

  it('that several write to one pipe holds every line of each whole', async () => {
    const pipe = join(folder, 'shared');
    const file = join(folder, 'taken');
    execFileSync('mkfifo', [pipe]);
    const taking = spawn('sh', ['-c', `cat '${pipe}' > '${file}'`]);
    const taken = once(taking, 'exit');
    const writers = ['a', 'b', 'c'].map((name) => ({ name, descriptor: openSync(pipe, 'w') }));
    const outputs = writers.map(({ name, descriptor }) => {
      const output = logOutput(descriptor);
      for (let each = 0; each < 1_500; each += 1) output.write(`${name}${name.repeat(100 + (each % 900))}\n`);
      return output;
    });
    await Promise.all(outputs.map((output) => output.close()));
    for (const { descriptor } of writers) closeSync(descriptor);
    await taken;
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines).toHaveLength(4_501);
    expect(lines.filter((line) => !/^(a+|b+|c+|)$/.test(line))).toEqual([]);
  });
});
