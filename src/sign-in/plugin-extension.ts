/**
 * Identifiers of CryptoPro's extension in browsers of Chromium's family: Manifest V3, Opera's store (Yandex's browser
 * takes it from there too), and Manifest V2, which the store no longer has.
 */
export const pluginExtensions = [
  'pfhgbfnnjiafkhfdkmpiflachepdcjod',
  'epebfcehmdedogndhlcacafjaacknbcm',
  'iifchhfnnmpdbibifmljnfjhpififfog',
] as const;

/** The script of the extension that a page loads. */
export const pluginScript = 'nmcades_plugin_api.js';
