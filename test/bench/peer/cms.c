/*
 * Verifies one CMS message against one root again and again and prints verifications a second: what OpenSSL
 * itself does for a login, message and root parsed anew each time as they come from outside, store kept.
 * Usage: cms ROOT.der MESSAGE.der CONTENT   (milliseconds are read line by line from standard input)
 */
#include <openssl/cms.h>
#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static unsigned char *slurp(const char *path, long *length) {
  FILE *file = fopen(path, "rb");
  if (!file) exit(2);
  fseek(file, 0, SEEK_END);
  *length = ftell(file);
  rewind(file);
  unsigned char *octets = malloc(*length);
  if (fread(octets, 1, *length, file) != (size_t)*length) exit(2);
  fclose(file);
  return octets;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
  if (argc != 4) return 64;
  OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG | OPENSSL_INIT_ENGINE_ALL_BUILTIN, NULL);
  long root_length, message_length, content_length;
  unsigned char *root_octets = slurp(argv[1], &root_length);
  unsigned char *message_octets = slurp(argv[2], &message_length);
  unsigned char *content_octets = slurp(argv[3], &content_length);
  const unsigned char *at = root_octets;
  X509 *root = d2i_X509(NULL, &at, root_length);
  X509_STORE *store = X509_STORE_new();
  X509_STORE_add_cert(store, root);
  X509_STORE_set_purpose(store, X509_PURPOSE_ANY);
  char line[32];
  while (fgets(line, sizeof line, stdin)) {
    double length = atof(line), start = now();
    long count = 0;
    while (now() - start < length) {
      at = message_octets;
      CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, message_length);
      BIO *content = BIO_new_mem_buf(content_octets, content_length);
      if (!cms || CMS_verify(cms, NULL, store, content, NULL, CMS_BINARY) != 1) {
        ERR_print_errors_fp(stderr);
        return 1;
      }
      BIO_free(content);
      CMS_ContentInfo_free(cms);
      count++;
    }
    printf("%f\n", count / (now() - start) * 1e3);
    fflush(stdout);
  }
  return 0;
}
