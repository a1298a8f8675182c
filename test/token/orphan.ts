import { gostToken } from './test-token.ts';

/** A program whose driver does not return from a signature; it prints the token's folder, and lives until it is killed. */
const token = await gostToken();
await token.generate('gost2012-256', 'login');
const signer = await token.signer('login');
await token.play('hang');
void signer.sign(Buffer.from('x'), 'gost2012-256');
process.stdout.write(`${token.folder}\n`);
setInterval(() => undefined, 1000);
