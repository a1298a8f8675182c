/*
 * Verifies one certificate below one intermediate against one root again and again and prints verifications a
 * second; certificate and intermediate are parsed anew each time, as they come from outside, the store is kept.
 * Usage: path ROOT.der INTERMEDIATE.der TARGET.der TIME   (milliseconds are read line by line from standard input)
 */
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
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

static X509 *parse(const unsigned char *octets, long length) {
  return d2i_X509(NULL, &octets, length);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
  if (argc != 5) return 64;
  long root_length, middle_length, target_length;
  unsigned char *root_octets = slurp(argv[1], &root_length);
  unsigned char *middle_octets = slurp(argv[2], &middle_length);
  unsigned char *target_octets = slurp(argv[3], &target_length);
  X509_STORE *store = X509_STORE_new();
  X509_STORE_add_cert(store, parse(root_octets, root_length));
  X509_VERIFY_PARAM *parameters = X509_STORE_get0_param(store);
  X509_VERIFY_PARAM_set_time(parameters, atol(argv[4]));
  char line[32];
  while (fgets(line, sizeof line, stdin)) {
    double length = atof(line), start = now();
    long count = 0;
    while (now() - start < length) {
      X509 *target = parse(target_octets, target_length);
      X509 *middle = parse(middle_octets, middle_length);
      STACK_OF(X509) *untrusted = sk_X509_new_null();
      sk_X509_push(untrusted, middle);
      X509_STORE_CTX *context = X509_STORE_CTX_new();
      X509_STORE_CTX_init(context, store, target, untrusted);
      if (X509_verify_cert(context) != 1) {
        fprintf(stderr, "%s\n", X509_verify_cert_error_string(X509_STORE_CTX_get_error(context)));
        return 1;
      }
      X509_STORE_CTX_free(context);
      sk_X509_free(untrusted);
      X509_free(middle);
      X509_free(target);
      count++;
    }
    printf("%f\n", count / (now() - start) * 1e3);
    fflush(stdout);
  }
  return 0;
}
