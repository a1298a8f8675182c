import { type Command, Option } from 'commander';
import { isNetwork } from '../fetch/address.ts';
import { invalidValue } from '../terminal/command.ts';
import { addEncodedOptions } from '../validation/options.ts';

/** Adds what an extension works with beside its level and its authorities: see `ExtensionChoice`. */
export function addExtensionOptions(command: Command): Command {
  return addEncodedOptions(
    command
      .option(
        '--anchor <file...>',
        'trusted certificates: with them evidence is fetched, and all has to pass',
        [],
      )
      .addOption(
        new Option('--network <network...>', 'local networks that evidence may be fetched from')
          .default([])
          .argParser(addNetwork),
      )
      .option('--offline', 'fetch no evidence: --crl, --ocsp and --untrusted bring it')
      .option('--content <file...>', 'what is signed, where the signature is detached', []),
  );
}

function addNetwork(network: string, others: readonly string[]): readonly string[] {
  if (isNetwork(network)) return [...others, network];
  throw invalidValue({ en: 'neither an address nor a network', ru: 'это не адрес и не сеть' });
}
