import { Command } from 'commander';
import { auditCommands } from '../../src/operator/audit.ts';
import { clientCommands } from '../../src/operator/client.ts';
import { databaseCommands } from '../../src/operator/database.ts';
import { keysCommands } from '../../src/operator/keys.ts';

/** The operator's commands alone, as a process of their own. */
const program = new Command('sealgate');
auditCommands(program);
clientCommands(program);
keysCommands(program);
databaseCommands(program);
await program.parseAsync();
