// libFuzzer: an object of the test token out of any octets is refused, or written again as the same.
#include <cstdlib>

#include "../token/object.h"

using namespace sealgate::token;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t length) {
  const Bytes octets(data, data + length);
  try {
    Reader reader(octets);
    const Object object = Object::restore(reader);
    Writer writer;
    object.write(writer);
    Reader again(writer.result());
    Writer twice;
    Object::restore(again).write(twice);
    if (writer.result() != twice.result() || !again.at_end()) abort();
    CK_BYTE room[64];
    CK_ATTRIBUTE value = {CKA_VALUE, room, sizeof room};
    object.read(value);
    Object created = object;
    complete_created(created);
  } catch (const Refusal&) {
    return 0;
  }
  return 0;
}
