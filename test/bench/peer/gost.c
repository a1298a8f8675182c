/*
 * Verifies one GOST signature again and again with OpenSSL's gost engine, the key parsed beforehand, and prints
 * verifications a second.
 * Usage: gost SPKI DIGEST SIGNATURE, each in hexadecimal   (milliseconds are read line by line from standard input)
 */
#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static unsigned char *octets(const char *digits, long *length) {
  return OPENSSL_hexstr2buf(digits, length);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
  if (argc != 4) return 64;
  ENGINE_load_dynamic();
  ENGINE *engine = ENGINE_by_id("gost");
  if (!engine || !ENGINE_init(engine) || !ENGINE_set_default(engine, ENGINE_METHOD_ALL)) return 3;
  long key_length, digest_length, signature_length;
  const unsigned char *info = octets(argv[1], &key_length);
  unsigned char *digest = octets(argv[2], &digest_length);
  unsigned char *signature = octets(argv[3], &signature_length);
  EVP_PKEY *key = d2i_PUBKEY(NULL, &info, key_length);
  EVP_PKEY_CTX *context = key ? EVP_PKEY_CTX_new(key, engine) : NULL;
  if (!context || EVP_PKEY_verify_init(context) != 1) {
    ERR_print_errors_fp(stderr);
    return 2;
  }
  char line[32];
  while (fgets(line, sizeof line, stdin)) {
    double length = atof(line), start = now();
    long count = 0;
    while (now() - start < length) {
      for (int turn = 0; turn < 16; turn++, count++) {
        if (EVP_PKEY_verify(context, signature, signature_length, digest, digest_length) != 1) {
          ERR_print_errors_fp(stderr);
          return 1;
        }
      }
    }
    printf("%f\n", count / (now() - start) * 1e3);
    fflush(stdout);
  }
  return 0;
}
