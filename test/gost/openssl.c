/*
 * Lets OpenSSL's gost engine make and verify raw signatures. One request a line, octets in hexadecimal:
 *   sign ALGORITHM PARAMSET DIGEST       answers SPKI SIGNATURE, with a new key
 *   verify SPKI DIGEST SIGNATURE         answers 1 or 0
 */
#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static ENGINE *engine;

static void print(const unsigned char *octets, size_t length) {
  for (size_t i = 0; i < length; i++) printf("%02x", octets[i]);
}

static int sign(const char *algorithm, const char *set, const char *digits) {
  long length;
  unsigned char *digest = OPENSSL_hexstr2buf(digits, &length), signature[128], *info = NULL;
  size_t size = sizeof signature;
  EVP_PKEY *key = NULL;
  EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_id(OBJ_sn2nid(algorithm), engine);
  if (!maker || EVP_PKEY_keygen_init(maker) != 1 || EVP_PKEY_CTX_ctrl_str(maker, "paramset", set) != 1 ||
      EVP_PKEY_keygen(maker, &key) != 1)
    return 0;
  EVP_PKEY_CTX *signer = EVP_PKEY_CTX_new(key, engine);
  if (EVP_PKEY_sign_init(signer) != 1 || EVP_PKEY_sign(signer, signature, &size, digest, length) != 1) return 0;
  const int info_length = i2d_PUBKEY(key, &info);
  print(info, info_length);
  printf(" ");
  print(signature, size);
  printf("\n");
  return 1;
}

static int verify(const char *key_digits, const char *digest_digits, const char *signature_digits) {
  long key_length, digest_length, signature_length;
  const unsigned char *info = OPENSSL_hexstr2buf(key_digits, &key_length);
  unsigned char *digest = OPENSSL_hexstr2buf(digest_digits, &digest_length);
  unsigned char *signature = OPENSSL_hexstr2buf(signature_digits, &signature_length);
  EVP_PKEY *key = d2i_PUBKEY(NULL, &info, key_length);
  EVP_PKEY_CTX *context = key ? EVP_PKEY_CTX_new(key, engine) : NULL;
  return context && EVP_PKEY_verify_init(context) == 1 &&
         EVP_PKEY_verify(context, signature, signature_length, digest, digest_length) == 1;
}

int main(void) {
  static char line[4096];
  ENGINE_load_dynamic();
  engine = ENGINE_by_id("gost");
  if (!engine || !ENGINE_init(engine) || !ENGINE_set_default(engine, ENGINE_METHOD_ALL)) return 3;
  while (fgets(line, sizeof line, stdin)) {
    char *command = strtok(line, " \n"), *first = strtok(NULL, " \n"), *second = strtok(NULL, " \n"),
         *third = strtok(NULL, " \n");
    if (!third) return 64;
    if (strcmp(command, "sign") == 0) {
      if (!sign(first, second, third)) {
        ERR_print_errors_fp(stderr);
        return 1;
      }
    } else {
      printf("%d\n", verify(first, second, third));
    }
    ERR_clear_error();
  }
  return 0;
}
