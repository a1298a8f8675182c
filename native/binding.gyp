{
  'target_defaults': {
    'cflags_cc': ['-std=c++17', '-O3', '-Wall', '-Wextra', '-fvisibility=hidden'],
    'xcode_settings': {
      'CLANG_CXX_LANGUAGE_STANDARD': 'c++17',
      'GCC_OPTIMIZATION_LEVEL': '3',
      'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
      'MACOSX_DEPLOYMENT_TARGET': '11.0',
    },
  },
  'targets': [
    {
      'target_name': 'gost',
      'type': 'static_library',
      'sources': [
        'gost/engine_256.cc',
        'gost/engine_512.cc',
        'gost/gost.cc',
        'gost/gost94.cc',
        'gost/hasher.cc',
        'gost/key_memory.cc',
        'gost/streebog.cc',
        'gost/streebog_secret.cc',
      ],
    },
    {
      'target_name': 'sealgate_gost',
      'dependencies': ['gost'],
      'defines': ['NAPI_VERSION=9'],
      'sources': ['addon/addon.cc', 'addon/argument.cc'],
    },
    {
      # ECDSA by the OpenSSL inside Node, whose headers come with Node's own.
      'target_name': 'sealgate_ecdsa',
      'defines': ['NAPI_VERSION=9'],
      'sources': ['addon/argument.cc', 'addon/ecdsa.cc'],
      # A Node without these functions must fail to load the module, not end the process at the first call.
      'conditions': [
        ['OS=="linux"', { 'ldflags': ['-Wl,-z,now'] }],
        ['OS=="mac"', { 'xcode_settings': { 'OTHER_LDFLAGS': ['-Wl,-bind_at_load'] } }],
      ],
    },
    {
      # Calls of PKCS#11 that pkcs11js cannot make; the headers come with that package.
      'target_name': 'sealgate_cryptoki',
      'defines': ['NAPI_VERSION=9'],
      'include_dirs': ['../node_modules/pkcs11js/includes'],
      'sources': ['addon/argument.cc', 'addon/cryptoki.cc'],
    },
    {
      # Compares the library with a slow and plain reference.
      'target_name': 'gost_selftest',
      'type': 'executable',
      'dependencies': ['gost'],
      'sources': [
        'gost/selftest/fields.cc',
        'gost/selftest/main.cc',
        'gost/selftest/reference.cc',
        'gost/selftest/signatures.cc',
      ],
    },
    {
      # A PKCS#11 module for tests; PKCS#11's headers come with the pkcs11js package.
      'target_name': 'sealgate_token',
      # node-gyp names every loadable module .node, and asks only after this file has been read.
      'target_conditions': [['_type=="loadable_module"', { 'product_extension': 'so' }]],
      'dependencies': ['gost'],
      'include_dirs': ['../node_modules/pkcs11js/includes'],
      'cflags_cc!': ['-fno-exceptions'],
      'xcode_settings': { 'GCC_ENABLE_CPP_EXCEPTIONS': 'YES' },
      'sources': [
        'token/entry.cc',
        'token/fault.cc',
        'token/hashing.cc',
        'token/key.cc',
        'token/module.cc',
        'token/object.cc',
        'token/objects.cc',
        'token/octets.cc',
        'token/pin.cc',
        'token/session.cc',
        'token/signing.cc',
        'token/slot.cc',
        'token/token.cc',
      ],
    },
    {
      # Calls that module in ways that no binding for JavaScript allows.
      'target_name': 'token_selftest',
      'type': 'executable',
      'dependencies': ['sealgate_token'],
      'include_dirs': ['../node_modules/pkcs11js/includes'],
      'sources': ['token/selftest/main.cc'],
      'conditions': [['OS=="linux"', { 'libraries': ['-ldl'] }]],
    },
  ],
}
