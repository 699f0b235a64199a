#include "host/link/redactor.h"

#include <algorithm>

namespace host::link {

void Redactor::add(const std::vector<std::string> &secrets) {
  std::lock_guard lock(mutex_);
  auto set = std::make_shared<Set>(*secrets_);
  for (const std::string &secret : secrets)
    if (secret.size() >= kShortest && std::find(set->begin(), set->end(), secret) == set->end())
      set->push_back(secret);
  std::stable_sort(set->begin(), set->end(),
                   [](const std::string &a, const std::string &b) { return a.size() > b.size(); });
  secrets_ = std::move(set);
}

std::string Redactor::redact(std::string_view text) const {
  std::shared_ptr<const Set> secrets;
  {
    std::lock_guard lock(mutex_);
    secrets = secrets_;
  }
  std::string result(text);
  for (const std::string &secret : *secrets) {
    std::size_t at = result.find(secret);
    while (at != std::string::npos) {
      result.replace(at, secret.size(), kHidden);
      at = result.find(secret, at + kHidden.size());
    }
  }
  return result;
}

} // namespace host::link
