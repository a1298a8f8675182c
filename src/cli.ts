#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { compiledFolder } from './environment.ts';

// Before anything else is loaded, for whatever is loaded after it starts faster the next time.
enableCompileCache(compiledFolder());
const { run } = await import('./command-line/run.ts');
await run(process.argv.slice(2));
