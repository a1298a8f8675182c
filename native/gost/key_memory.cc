#include "key_memory.h"

namespace sealgate::gost {
namespace {

// A table costs about as much as one verification and saves half of each that follows; most keys come once or twice.
constexpr unsigned use_that_makes_table = 3;

}  // namespace

KeyMemory& KeyMemory::shared() {
  static KeyMemory memory;
  return memory;
}

// Tables of one arithmetic mean nothing to the other, so its name is part of the key's.
std::string KeyMemory::name_of(CurveId curve, Octets key) {
  std::string name;
  name.reserve(key.length + 2);
  name.push_back(char(curve));
  name.push_back(char(kernel()));
  name.append(reinterpret_cast<const char*>(key.data), key.length);
  return name;
}

KeyMemory::Entry* KeyMemory::find(const std::string& name) {
  const auto found = index_.find(name);
  if (found == index_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return &*found->second;
}

KeyMemory::Use KeyMemory::use(CurveId curve, Octets key) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (capacity_ == 0) return {};
  Entry* entry = find(name_of(curve, key));
  if (entry == nullptr) return {};
  if (entry->uses < use_that_makes_table) entry->uses++;
  return {true, !entry->table && entry->uses == use_that_makes_table, entry->table};
}

bool KeyMemory::knows(CurveId curve, Octets key) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return capacity_ != 0 && find(name_of(curve, key)) != nullptr;
}

void KeyMemory::add(CurveId curve, Octets key, unsigned uses) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (capacity_ == 0) return;
  std::string name = name_of(curve, key);
  if (find(name) != nullptr) return;
  entries_.push_front({name, uses, nullptr});
  index_.emplace(std::move(name), entries_.begin());
  shrink();
}

void KeyMemory::keep(CurveId curve, Octets key, std::shared_ptr<const KeyTable> table) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (Entry* entry = find(name_of(curve, key))) entry->table = std::move(table);
}

void KeyMemory::resize(size_t keys) {
  const std::lock_guard<std::mutex> lock(mutex_);
  capacity_ = keys;
  shrink();
}

void KeyMemory::shrink() {
  while (entries_.size() > capacity_) {
    index_.erase(entries_.back().name);
    entries_.pop_back();
  }
}

}  // namespace sealgate::gost
