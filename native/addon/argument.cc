#include "argument.h"

namespace sealgate::addon {

bool Arguments::read(napi_env env, napi_callback_info info, size_t least, size_t most) {
  env_ = env;
  count_ = most_arguments;
  if (napi_get_cb_info(env, info, &count_, values_, nullptr, nullptr) != napi_ok || count_ < least || count_ > most) {
    refuse(env, "wrong number of arguments");
    return false;
  }
  return true;
}

bool Arguments::octets(size_t index, gost::Octets& octets) const {
  bool is_typed_array = false;
  napi_typedarray_type type;
  void* data = nullptr;
  size_t length = 0;
  if (napi_is_typedarray(env_, values_[index], &is_typed_array) != napi_ok || !is_typed_array ||
      napi_get_typedarray_info(env_, values_[index], &type, &length, &data, nullptr, nullptr) != napi_ok ||
      type != napi_uint8_array) {
    refuse(env_, "expected a Uint8Array");
    return false;
  }
  octets = {static_cast<const uint8_t*>(data), length};
  return true;
}

bool Arguments::integer(size_t index, uint32_t last, uint32_t& value) const {
  double number;
  if (napi_get_value_double(env_, values_[index], &number) != napi_ok || !(number >= 0 && number <= last) ||
      number != static_cast<double>(static_cast<uint32_t>(number))) {
    refuse(env_, "expected an integer within its range");
    return false;
  }
  value = static_cast<uint32_t>(number);
  return true;
}

napi_value make_octets(napi_env env, size_t length, uint8_t*& data) {
  void* memory = nullptr;
  napi_value buffer, array;
  if (napi_create_arraybuffer(env, length, &memory, &buffer) != napi_ok ||
      napi_create_typedarray(env, napi_uint8_array, length, buffer, 0, &array) != napi_ok) {
    return nullptr;
  }
  data = static_cast<uint8_t*>(memory);
  return array;
}

napi_value make_boolean(napi_env env, bool value) {
  napi_value result = nullptr;
  napi_get_boolean(env, value, &result);
  return result;
}

napi_value make_integer(napi_env env, uint32_t value) {
  napi_value result = nullptr;
  napi_create_uint32(env, value, &result);
  return result;
}

napi_value refuse(napi_env env, const char* reason) {
  napi_throw_type_error(env, nullptr, reason);
  return nullptr;
}

}  // namespace sealgate::addon
