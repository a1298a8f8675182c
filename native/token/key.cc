#include "key.h"

namespace sealgate::token {

namespace {

struct ParameterSet {
  const char* encoding;  // DER of the object identifier, in hexadecimal
  gost::CurveId curve;
};

// RFC 4357, section 8.4 (the names of 2001, which keys of 2012 use most) and RFC 9215, section 4.1.
constexpr ParameterSet kParameterSets[] = {
    {"06072a850302022301", gost::CurveId::crypto_pro_a},
    {"06072a850302022302", gost::CurveId::crypto_pro_b},
    {"06072a850302022303", gost::CurveId::crypto_pro_c},
    {"06072a850302022400", gost::CurveId::crypto_pro_a},
    {"06072a850302022401", gost::CurveId::crypto_pro_c},
    {"06092a8503070102010101", gost::CurveId::tc26_256_a},
    {"06092a8503070102010102", gost::CurveId::crypto_pro_a},
    {"06092a8503070102010103", gost::CurveId::crypto_pro_b},
    {"06092a8503070102010104", gost::CurveId::crypto_pro_c},
    {"06092a8503070102010201", gost::CurveId::tc26_512_a},
    {"06092a8503070102010202", gost::CurveId::tc26_512_b},
    {"06092a8503070102010203", gost::CurveId::tc26_512_c},
};

constexpr const char* kStreebog256Oid = "06082a85030701010202";
constexpr const char* kStreebog512Oid = "06082a85030701010203";

// Uses that other keys have and these have not; readers ask for them all the same.
constexpr CK_ATTRIBUTE_TYPE kPublicUses[] = {CKA_ENCRYPT, CKA_WRAP, CKA_VERIFY_RECOVER};
constexpr CK_ATTRIBUTE_TYPE kPrivateUses[] = {CKA_DECRYPT, CKA_UNWRAP, CKA_SIGN_RECOVER};

Bytes from_hex(const char* text) {
  Bytes octets;
  const auto digit = [](char character) { return character <= '9' ? character - '0' : character - 'a' + 10; };
  for (; *text != '\0'; text += 2) octets.push_back(static_cast<uint8_t>(digit(text[0]) * 16 + digit(text[1])));
  return octets;
}

gost::CurveId curve_of(const Bytes& parameters, size_t size) {
  for (const ParameterSet& set : kParameterSets) {
    if (parameters == from_hex(set.encoding) && gost::size_of(set.curve) == size) return set.curve;
  }
  throw Refusal{CKR_ATTRIBUTE_VALUE_INVALID};
}

// The only hash that a key of this size is used with. Another one, the hash of 1994 above all, would make it a key
// of GOST R 34.10-2001, which has the same CKK number.
Bytes hash_parameters(size_t size) { return from_hex(size == 32 ? kStreebog256Oid : kStreebog512Oid); }

}  // namespace

size_t key_size(CK_KEY_TYPE type) { return type == CKK_GOSTR3410 ? 32 : type == kKeyGost512 ? 64 : 0; }

Key read_key(const Object& object) {
  const size_t size = key_size(object.number(CKA_KEY_TYPE, CK_UNAVAILABLE_INFORMATION));
  if (size == 0) throw Refusal{CKR_KEY_TYPE_INCONSISTENT};
  return {curve_of(object.get(CKA_GOSTR3410_PARAMS), size),
          size == 32 ? gost::Hash::streebog256 : gost::Hash::streebog512, object.get(CKA_VALUE)};
}

void check_key(const Object& object) {
  if (!object.has(CKA_KEY_TYPE) || !object.has(CKA_VALUE)) throw Refusal{CKR_TEMPLATE_INCOMPLETE};
  Key key = read_key(object);
  const size_t size = gost::size_of(key.curve);
  if (object.has(CKA_GOSTR3411_PARAMS) && object.get(CKA_GOSTR3411_PARAMS) != hash_parameters(size)) {
    throw Refusal{CKR_ATTRIBUTE_VALUE_INVALID};
  }
  bool is_usable;
  if (object.object_class() == CKO_PUBLIC_KEY) {
    is_usable = gost::check_public_key(key.curve, {key.octets.data(), key.octets.size()}) == gost::KeyFault::none;
  } else {
    Bytes public_key(2 * size);
    is_usable = gost::derive_public_key(key.curve, {key.octets.data(), key.octets.size()}, public_key.data());
  }
  wipe(key.octets);
  if (!is_usable) throw Refusal{CKR_ATTRIBUTE_VALUE_INVALID};
}

Bytes alias_of(const Bytes& parameters) {
  for (const ParameterSet& set : kParameterSets) {
    if (parameters != from_hex(set.encoding)) continue;
    for (const ParameterSet& other : kParameterSets) {
      if (other.curve == set.curve && parameters != from_hex(other.encoding)) return from_hex(other.encoding);
    }
  }
  return parameters;
}

Bytes another_than(const Bytes& parameters) {
  for (const ParameterSet& set : kParameterSets) {
    if (parameters != from_hex(set.encoding)) continue;
    for (const ParameterSet& other : kParameterSets) {
      if (other.curve != set.curve && gost::size_of(other.curve) == gost::size_of(set.curve)) {
        return from_hex(other.encoding);
      }
    }
  }
  return parameters;
}

std::pair<Object, Object> generate_pair(Object public_key, Object private_key, size_t size) {
  const CK_KEY_TYPE type = size == 32 ? CKK_GOSTR3410 : kKeyGost512;
  const CK_MECHANISM_TYPE mechanism = size == 32 ? kGenerate256 : kGenerate512;
  if (!public_key.has(CKA_GOSTR3410_PARAMS)) throw Refusal{CKR_TEMPLATE_INCOMPLETE};
  const Bytes parameters = public_key.get(CKA_GOSTR3410_PARAMS);
  const gost::CurveId curve = curve_of(parameters, size);

  Bytes secret, point(2 * size);
  do {
    wipe(secret);
    secret = random_bytes(size);
    // Refused where it is zero or not below the order, which for some curves is most often.
  } while (!gost::derive_public_key(curve, {secret.data(), secret.size()}, point.data()));

  for (Object* half : {&public_key, &private_key}) {
    const bool is_public = half == &public_key;
    const std::pair<CK_ATTRIBUTE_TYPE, Bytes> needed[] = {{CKA_GOSTR3410_PARAMS, parameters},
                                                          {CKA_GOSTR3411_PARAMS, hash_parameters(size)}};
    for (const auto& [attribute, value] : needed) {
      if (half->has(attribute) && half->get(attribute) != value) throw Refusal{CKR_ATTRIBUTE_VALUE_INVALID};
      half->set(attribute, value);
    }
    if (half->number(CKA_KEY_TYPE, type) != type) throw Refusal{CKR_TEMPLATE_INCONSISTENT};
    half->set_number(CKA_KEY_TYPE, type);
    half->set_number(CKA_CLASS, is_public ? CKO_PUBLIC_KEY : CKO_PRIVATE_KEY);
    half->set_number(CKA_KEY_GEN_MECHANISM, mechanism);
    half->set_flag(CKA_LOCAL, true);
    half->set_default_flag(CKA_TOKEN, false);
    half->set_default_flag(CKA_PRIVATE, !is_public);
    half->set_default_flag(CKA_MODIFIABLE, true);
    half->set_default_flag(CKA_DERIVE, false);
    half->set_default_flag(is_public ? CKA_VERIFY : CKA_SIGN, true);
    for (const CK_ATTRIBUTE_TYPE use : is_public ? kPublicUses : kPrivateUses) half->set_default_flag(use, false);
    for (const CK_ATTRIBUTE_TYPE attribute : {CKA_LABEL, CKA_ID, CKA_SUBJECT, CKA_START_DATE, CKA_END_DATE}) {
      if (!half->has(attribute)) half->set(attribute, {});
    }
  }
  private_key.set_default_flag(CKA_SENSITIVE, true);
  private_key.set_default_flag(CKA_EXTRACTABLE, false);
  private_key.set_default_flag(CKA_ALWAYS_AUTHENTICATE, false);
  private_key.set_flag(CKA_ALWAYS_SENSITIVE, private_key.flag(CKA_SENSITIVE, true));
  private_key.set_flag(CKA_NEVER_EXTRACTABLE, !private_key.flag(CKA_EXTRACTABLE, false));
  public_key.set(CKA_VALUE, std::move(point));
  private_key.set(CKA_VALUE, std::move(secret));
  return {std::move(public_key), std::move(private_key)};
}

}  // namespace sealgate::token
