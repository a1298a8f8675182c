#include "token.h"

#include <fstream>
#include <iterator>

namespace sealgate::token {

namespace fs = std::filesystem;

namespace {

const std::string kMark = "Sealgate test token 1\n";

Bytes octets_of(const std::string& text) { return Bytes(text.begin(), text.end()); }
std::string text_of(const Bytes& octets) { return std::string(octets.begin(), octets.end()); }

std::string new_serial() {
  static const char digits[] = "0123456789abcdef";
  std::string serial;
  for (const uint8_t octet : random_bytes(8)) {
    serial += digits[octet >> 4];
    serial += digits[octet & 15];
  }
  return serial;
}

}  // namespace

void Token::initialise(std::string label) {
  label_ = std::move(label);
  serial_ = new_serial();
  user_pin_ = Pin(kUserTries);
  objects_.clear();
}

Object* Token::find(CK_OBJECT_HANDLE handle) {
  const auto found = objects_.find(handle);
  return found == objects_.end() ? nullptr : &found->second;
}

CK_OBJECT_HANDLE Token::add(Object object) {
  if (objects_.size() >= kMostObjects) throw Refusal{CKR_DEVICE_MEMORY};
  objects_.emplace(++last_handle_, std::move(object));
  return last_handle_;
}

void Token::save(const fs::path& file) const {
  Writer writer;
  writer.bytes(octets_of(label_));
  writer.bytes(octets_of(serial_));
  user_pin_.write(writer);
  officer_pin_.write(writer);
  writer.number(last_handle_);
  writer.number(objects_.size());
  for (const auto& [handle, object] : objects_) {
    writer.number(handle);
    object.write(writer);
  }
  const fs::path fresh = file.string() + ".new";
  {
    std::ofstream output(fresh, std::ios::binary | std::ios::trunc);
    fs::permissions(fresh, fs::perms::owner_read | fs::perms::owner_write);
    output.write(kMark.data(), static_cast<std::streamsize>(kMark.size()));
    const Bytes& octets = writer.result();
    output.write(reinterpret_cast<const char*>(octets.data()), static_cast<std::streamsize>(octets.size()));
    if (!output.flush()) throw Refusal{CKR_DEVICE_ERROR};
  }
  fs::rename(fresh, file);
}

Token Token::load(const fs::path& file) {
  std::ifstream input(file, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(input), std::istreambuf_iterator<char>()};
  if (!input || content.compare(0, kMark.size(), kMark) != 0) throw Refusal{CKR_TOKEN_NOT_RECOGNIZED};
  const Bytes octets(content.begin() + static_cast<ptrdiff_t>(kMark.size()), content.end());
  Reader reader(octets);
  Token token;
  token.label_ = text_of(reader.bytes());
  token.serial_ = text_of(reader.bytes());
  token.user_pin_.read(reader);
  token.officer_pin_.read(reader);
  token.last_handle_ = static_cast<CK_OBJECT_HANDLE>(reader.number());
  for (uint64_t left = reader.number(); left > 0; left--) {
    const auto handle = static_cast<CK_OBJECT_HANDLE>(reader.number());
    token.objects_.emplace(handle, Object::restore(reader));
  }
  if (!reader.at_end()) throw Refusal{CKR_TOKEN_NOT_RECOGNIZED};
  return token;
}

}  // namespace sealgate::token
