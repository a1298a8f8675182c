/*
 * Judges inputs by OpenSSL. Each comes on standard input as its length (four octets, big-endian) and octets; for each
 * one line is printed: "ok", or where and why it is refused.
 * Usage: openssl KIND SECONDS ROOT.der AUTHORITY.der [CONTENT]   (KIND: certificate, message, list or answer)
 */
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned char *slurp(const char *path, long *length) {
  FILE *file = fopen(path, "rb");
  if (!file) exit(2);
  fseek(file, 0, SEEK_END);
  *length = ftell(file);
  rewind(file);
  unsigned char *octets = malloc(*length + 1);
  if (fread(octets, 1, *length, file) != (size_t)*length) exit(2);
  fclose(file);
  return octets;
}

static X509 *certificate_in(const char *path) {
  long length;
  const unsigned char *at = slurp(path, &length);
  X509 *certificate = d2i_X509(NULL, &at, length);
  if (!certificate) exit(2);
  return certificate;
}

static X509_STORE *store;
static X509 *authority;
static time_t now;
static unsigned char *content;
static long content_length;

static const char *last_error(const char *where) {
  static char text[256];
  const char *reason = ERR_reason_error_string(ERR_peek_last_error());
  snprintf(text, sizeof text, "%s: %s", where, reason ? reason : "refused");
  return text;
}

/** Whether octets are left behind what was read. */
static int is_whole(const unsigned char *at, const unsigned char *octets, long length) { return at == octets + length; }

static const char *judge_certificate(const unsigned char *octets, long length) {
  const unsigned char *at = octets;
  X509 *certificate = d2i_X509(NULL, &at, length);
  if (!certificate || !is_whole(at, octets, length)) return X509_free(certificate), last_error("parse");
  STACK_OF(X509) *others = sk_X509_new_null();
  sk_X509_push(others, authority);
  X509_STORE_CTX *context = X509_STORE_CTX_new();
  X509_STORE_CTX_init(context, store, certificate, others);
  const char *verdict = "ok";
  if (X509_verify_cert(context) != 1) {
    static char text[256];
    snprintf(text, sizeof text, "path: %s", X509_verify_cert_error_string(X509_STORE_CTX_get_error(context)));
    verdict = text;
  }
  X509_STORE_CTX_free(context);
  sk_X509_free(others);
  X509_free(certificate);
  return verdict;
}

static const char *judge_message(const unsigned char *octets, long length) {
  const unsigned char *at = octets;
  CMS_ContentInfo *message = d2i_CMS_ContentInfo(NULL, &at, length);
  if (!message || !is_whole(at, octets, length)) return CMS_ContentInfo_free(message), last_error("parse");
  const ASN1_OCTET_STRING **attached = (const ASN1_OCTET_STRING **)CMS_get0_content(message);
  BIO *detached = attached && *attached ? NULL : BIO_new_mem_buf(content, content_length);
  STACK_OF(X509) *others = sk_X509_new_null();
  sk_X509_push(others, authority);
  const char *verdict = CMS_verify(message, others, store, detached, NULL, CMS_BINARY) == 1 ? "ok" : last_error("verify");
  BIO_free(detached);
  sk_X509_free(others);
  CMS_ContentInfo_free(message);
  return verdict;
}

static const char *judge_list(const unsigned char *octets, long length) {
  const unsigned char *at = octets;
  X509_CRL *list = d2i_X509_CRL(NULL, &at, length);
  if (!list || !is_whole(at, octets, length)) return X509_CRL_free(list), last_error("parse");
  const char *verdict = X509_CRL_verify(list, X509_get0_pubkey(authority)) == 1 ? "ok" : last_error("verify");
  X509_CRL_free(list);
  return verdict;
}

static const char *judge_answer(const unsigned char *octets, long length) {
  const unsigned char *at = octets;
  OCSP_RESPONSE *answer = d2i_OCSP_RESPONSE(NULL, &at, length);
  if (!answer || !is_whole(at, octets, length)) return OCSP_RESPONSE_free(answer), last_error("parse");
  OCSP_BASICRESP *basic = OCSP_response_get1_basic(answer);
  STACK_OF(X509) *others = sk_X509_new_null();
  sk_X509_push(others, authority);
  const char *verdict =
      basic && OCSP_basic_verify(basic, others, store, OCSP_TRUSTOTHER) == 1 ? "ok" : last_error("verify");
  sk_X509_free(others);
  OCSP_BASICRESP_free(basic);
  OCSP_RESPONSE_free(answer);
  return verdict;
}

typedef const char *(*Judge)(const unsigned char *, long);

static Judge judge_of(const char *kind) {
  if (!strcmp(kind, "certificate")) return judge_certificate;
  if (!strcmp(kind, "message")) return judge_message;
  if (!strcmp(kind, "list")) return judge_list;
  if (!strcmp(kind, "answer")) return judge_answer;
  exit(64);
}

int main(int argc, char **argv) {
  if (argc < 5) return 64;
  Judge judge = judge_of(argv[1]);
  now = atol(argv[2]);
  authority = certificate_in(argv[4]);
  if (argc > 5) content = slurp(argv[5], &content_length);
  store = X509_STORE_new();
  X509_STORE_add_cert(store, certificate_in(argv[3]));
  X509_VERIFY_PARAM *rules = X509_STORE_get0_param(store);
  X509_VERIFY_PARAM_set_time(rules, now);
  X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_ANY);
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
  unsigned char head[4];
  while (fread(head, 1, 4, stdin) == 4) {
    long length = (long)head[0] << 24 | head[1] << 16 | head[2] << 8 | head[3];
    unsigned char *octets = malloc(length + 1);
    if (fread(octets, 1, length, stdin) != (size_t)length) return 2;
    ERR_clear_error();
    printf("%s\n", judge(octets, length));
    fflush(stdout);
    free(octets);
  }
  return 0;
}
