#include "fault.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#ifndef _WIN32
#include <sys/resource.h>
#endif

namespace sealgate::token {

namespace {

/** Ends the process as a bad pointer would, without leaving a core file behind. */
[[noreturn]] void break_down() {
#ifndef _WIN32
  const rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
#endif
  std::abort();
}

}  // namespace

void Faults::read(const std::filesystem::path& file) {
  faults_.clear();
  answers_.clear();
  std::ifstream input(file);
  for (std::string line; std::getline(input, line);) {
    std::istringstream words(line);
    std::string name, first, second;
    words >> name >> first >> second;
    if (name == "answer") answers_[first] = std::stoul(second, nullptr, 0);
    else if (!name.empty() && name[0] != '#') faults_[name] = first;
  }
}

const std::string& Faults::text(const std::string& name) const {
  static const std::string nothing;
  const auto found = faults_.find(name);
  return found == faults_.end() ? nothing : found->second;
}

CK_RV Faults::answer(const std::string& call) const {
  const auto found = answers_.find(call);
  return found == answers_.end() ? CKR_OK : found->second;
}

void Faults::before_signing() const {
  using std::chrono::milliseconds;
  if (has("crash")) break_down();
  while (has("hang")) std::this_thread::sleep_for(std::chrono::hours(1));
  if (has("slow")) std::this_thread::sleep_for(milliseconds(std::stol(text("slow"))));
  if (has("cancel")) throw Refusal{CKR_FUNCTION_CANCELED};
  if (has("reject")) throw Refusal{CKR_FUNCTION_REJECTED};
  if (has("device-error")) throw Refusal{CKR_DEVICE_ERROR};
}

void Faults::after_signing(uint8_t* signature, size_t length) const {
  if (has("signature-flipped")) signature[length / 2] ^= 1;
  if (has("signature-reversed")) std::reverse(signature, signature + length);
  if (has("signature-swapped")) std::rotate(signature, signature + length / 2, signature + length);
}

}  // namespace sealgate::token
