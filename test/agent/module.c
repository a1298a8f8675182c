/*
 * A PKCS#11 library that does its caller harm, for tests: built with -DHANG it never gives its functions, with -DCRASH
 * it breaks down, with -DRUBBISH it gives functions that answer with nonsense.
 */
#include <stdlib.h>
#include <unistd.h>
#ifdef CRASH
#include <sys/resource.h>
#endif

typedef unsigned long CK_ULONG;
typedef CK_ULONG (*Function)(void);

static CK_ULONG nonsense(void) { return 0x7fffffffUL; }

static struct {
  unsigned char major, minor;
  Function functions[68];
} list;

CK_ULONG C_GetFunctionList(void **functions) {
#ifdef HANG
  for (;;) pause();
#endif
#ifdef CRASH
  const struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  abort();
#endif
  list.major = 2;
  list.minor = 40;
  for (int at = 0; at < 68; at++) list.functions[at] = nonsense;
  *functions = &list;
  return 0;
}
