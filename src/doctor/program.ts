import { ecdsa } from '../algorithm/ecdsa.ts';
import { gostChoice } from '../environment.ts';
import { SealgateError } from '../error.ts';
import { loadedGost } from '../gost/engine.ts';
import type { DoctorContext } from './context.ts';
import { type Finding, findingOf, good } from './finding.ts';

const leastNode = 24;

/** Node.js, and the parts that are compiled for this machine. */
export function examineProgram(context: DoctorContext): readonly Finding[] {
  return [runtime(context), gostEngine(context), ecdsaEngine(context)];
}

function runtime({ language }: DoctorContext): Finding {
  const name = 'Node.js';
  const { version } = process;
  if (Number(process.versions.node.split('.')[0]) >= leastNode) {
    return good('program', name, `${version}, ${process.platform} ${process.arch}`);
  }
  const outdated = new SealgateError('runtime_outdated', { found: version, needed: `v${leastNode}` });
  return findingOf('program', name, outdated, language);
}

function gostEngine({ language, words }: DoctorContext): Finding {
  const { engine, detail } = loadedGost();
  const found = words.engine(engine.name, detail);
  if (engine.name === 'native') return good('program', 'GOST', found);
  const code = gostChoice() === 'typescript' ? 'native_part_unused' : 'native_part_missing';
  return findingOf('program', 'GOST', new SealgateError(code, { found }), language, 'warning');
}

function ecdsaEngine({ language }: DoctorContext): Finding {
  if (ecdsa.name === 'native') return good('program', 'ECDSA', ecdsa.name);
  return findingOf('program', 'ECDSA', new SealgateError('native_part_missing'), language, 'warning');
}
