// Public keys that were seen: that they are valid, how often, and the table of those that come back. An authority's
// key comes with every certificate below it, a person's key with every sign-in.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "engine.h"

namespace sealgate::gost {

/** Bounded; the key that was not used for the longest time goes first. Holds valid keys only. */
class KeyMemory {
 public:
  static KeyMemory& shared();

  /** What is known of a key that is about to be used. */
  struct Use {
    bool known = false;
    bool wants_table = false;
    std::shared_ptr<const KeyTable> table;
  };
  Use use(CurveId curve, Octets key);

  bool knows(CurveId curve, Octets key);
  /** The key passed its checks, and was used so many times. */
  void add(CurveId curve, Octets key, unsigned uses);
  void keep(CurveId curve, Octets key, std::shared_ptr<const KeyTable> table);
  void resize(size_t keys);

 private:
  struct Entry {
    std::string name;
    unsigned uses = 0;
    std::shared_ptr<const KeyTable> table;
  };

  static std::string name_of(CurveId curve, Octets key);
  Entry* find(const std::string& name);
  void shrink();

  std::mutex mutex_;
  size_t capacity_ = 1024;
  std::list<Entry> entries_;  // most recently used first
  std::unordered_map<std::string, std::list<Entry>::iterator> index_;
};

}  // namespace sealgate::gost
