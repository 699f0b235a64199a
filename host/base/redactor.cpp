#include "host/base/redactor.h"

#include <algorithm>
#include <utility>

namespace host {

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

bool Redactor::empty() const {
  std::lock_guard lock(mutex_);
  return secrets_->empty();
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

Redactor &process_redactor() {
  static auto &redactor = *new Redactor; // threads of plugins may log until the process is gone
  return redactor;
}

log::Sink redacted(log::Sink sink, const Redactor &redactor) {
  return [sink = std::move(sink), &redactor](const log::Event &event) {
    const std::string message = redactor.redact(event.message);
    log::Event edited = event;
    edited.message = message;
    sink(edited);
  };
}

} // namespace host
