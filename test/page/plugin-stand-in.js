// Stands in for the script of CryptoPro's extension, with what the plug-in behind it would answer. The real plug-in was
// not tried: this one follows its published interface. What it does is told by `window.pluginStandIn`, what was asked of it
// stands in `window.pluginCalls`, and signing is done by `window.signInPlace`.
(() => {
  const options = window.pluginStandIn;
  const calls = [];
  window.pluginCalls = calls;

  const never = new Promise(() => {});
  const failure = (message) => Promise.reject({ type: 'error', requestid: 1, message });

  /** An object whose members are promises and whose `propset_…` note what was set, in their order. */
  function make(name, members, methods = {}) {
    const set = {};
    return new Proxy(
      {},
      {
        get(_, member) {
          if (typeof member !== 'string' || member === 'then') return undefined;
          if (member.startsWith('propset_')) {
            return (value) => {
              calls.push(`${name}.${member}`);
              set[member.slice('propset_'.length)] = { value, after: Object.keys(set) };
              return Promise.resolve();
            };
          }
          if (member in methods) {
            return (...args) => {
              calls.push(`${name}.${member}`);
              return methods[member](set, ...args);
            };
          }
          calls.push(`${name}.${member}`);
          const value = members[member];
          return value === undefined ? failure('No such member (0x80020006)') : Promise.resolve(value);
        },
      },
    );
  }

  function certificate({ der, thumbprint, hasKey, container, hangsAt }) {
    const unless = (step, value) => (hangsAt === step ? never : Promise.resolve(value));
    const key = make('PrivateKey', { UniqueContainerName: container });
    return Object.assign(
      make(
        'Certificate',
        { Thumbprint: thumbprint, PrivateKey: key },
        {
          Export: () => unless('Export', `${der.slice(0, 64)}\r\n${der.slice(64)}\r\n`),
          HasPrivateKey: () => unless('HasPrivateKey', hasKey),
        },
      ),
    );
  }

  function store() {
    let chosen = [];
    const certificates = make(
      'Certificates',
      {},
      { Item: (_, index) => Promise.resolve(chosen[index - 1].object) },
    );
    return make(
      'Store',
      {
        Certificates: new Proxy(certificates, {
          get: (target, member) => (member === 'Count' ? Promise.resolve(chosen.length) : target[member]),
        }),
      },
      {
        Open(_, ...args) {
          if (options.accessError) return failure(options.accessError);
          if (args[0] === 100 && options.secondStoreFails) return failure('Store not found (0x80070002)');
          chosen = options.certificates
            .filter((each) => each.store === args[0])
            .map((each) => ({ ...each, object: objects.get(each) }));
          return Promise.resolve();
        },
        Close: () => Promise.resolve(),
      },
    );
  }

  const objects = new Map(options.certificates.map((each) => [each, certificate(each)]));

  /** Text is taken for UTF-16 unless the encoding was set before, as the plug-in does it. */
  function octetsOf({ Content }, encoding) {
    if (encoding === 1 && Content.after.includes('ContentEncoding')) return Content.value;
    const units = Array.from(Content.value, (character) => character.charCodeAt(0));
    return btoa(units.map((unit) => String.fromCharCode(unit & 255, unit >> 8)).join(''));
  }

  const classes = {
    'CAdESCOM.About': () =>
      make(
        'About',
        { Version: '2.0.15000' },
        {
          CSPVersion: () =>
            options.noProvider ? failure('Provider type not defined. (0x80090017)') : Promise.resolve({}),
        },
      ),
    'CAdESCOM.Store': store,
    'CAdESCOM.CPSigner': () =>
      make(
        'CPSigner',
        { AuthenticatedAttributes2: make('Attributes', {}, { Add: () => Promise.resolve() }) },
        {
          chosen: (set) => set.Certificate.value,
        },
      ),
    'CAdESCOM.CPAttribute': () => make('CPAttribute', {}),
    'CAdESCOM.CadesSignedData': () =>
      make(
        'CadesSignedData',
        {},
        {
          async SignCades(set, signer, type, isDetached) {
            if (options.signError) return failure(options.signError);
            if (options.signHangs) return never;
            if (type !== 1 || isDetached !== false) return failure('Parameter (0x80070057)');
            const object = signer.chosen();
            const thumbprint = [...objects].find(([, made]) => made === object)?.[0].thumbprint;
            const signature = await window.signInPlace(octetsOf(set, set.ContentEncoding?.value), thumbprint);
            return signature.replace(/(.{64})/g, '$1\r\n');
          },
        },
      ),
  };

  cadesplugin.set({ CreateObjectAsync: (name) => Promise.resolve(classes[name]()) });
  window.cpcsp_chrome_nmcades = {
    check_chrome_plugin(found, missing) {
      if (options.nativeHangs) return;
      if (options.noNative) missing('Specified native messaging host not found.');
      else found();
    },
    ReleasePluginObjects: () => Promise.resolve(true),
  };
  window.addEventListener('message', ({ data }) => {
    if (data === 'cadesplugin_echo_request') window.postMessage('cadesplugin_loaded', '*');
  });
})();
