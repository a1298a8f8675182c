#!/usr/bin/env node
// Starts the program: its sources where they are, otherwise what was built of them. Plain JavaScript, because this has
// to say something clear on whatever Node.js the machine has.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as modules from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const needed = 24;
const sources = new URL('./cli.ts', import.meta.url);
const program = existsSync(sources) ? sources : new URL('../build/publish/src/cli.js', import.meta.url);

if (Number(process.versions.node.split('.')[0]) >= needed) {
  // Before the first source: otherwise what strips types is loaded for that alone, and stays in memory. Where this
  // folder may not be written to, nothing comes of it, and the program chooses another.
  if (program === sources)
    modules.enableCompileCache(fileURLToPath(new URL('../build/compile-cache', sources)));
  process.argv[1] = fileURLToPath(program);
  await import(program.href);
} else {
  const node = newerNode();
  if (node === undefined) {
    process.stderr.write(
      `Sealgate needs Node.js ${needed} or later, and this is ${process.versions.node}.\nInstall that, or put one beside Sealgate alone: npm install ${packageOfNode()}@${needed}\n`,
    );
    process.exitCode = 64;
  } else {
    const words = [fileURLToPath(program), ...process.argv.slice(2)];
    const child = spawn(node, words, { stdio: 'inherit' });
    // Whoever stops this process means the program.
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, () => child.kill(signal));
    child.on('exit', (status, signal) => {
      for (const each of signals) process.removeAllListeners(each);
      if (signal === null) process.exitCode = status ?? 1;
      else process.kill(process.pid, signal);
    });
  }
}

function packageOfNode() {
  return `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
}

/** A Node.js that was installed as a package beside this one; it stands there as a file, without any script. */
function newerNode() {
  try {
    const manifest = modules.createRequire(import.meta.url).resolve(`${packageOfNode()}/package.json`);
    const file = join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}
