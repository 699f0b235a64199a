#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/log.h"

namespace host {

// Knows secret values and takes them out of texts that leave the process: logs, traces, stderr
// tails. Both sides of the link have one. Values shorter than kShortest cannot be told from
// ordinary text and are not looked for. Any thread; secrets are never forgotten.
class Redactor {
public:
  static constexpr std::size_t kShortest = 3;
  static constexpr std::string_view kHidden = "[hidden]"; // as Kafka's Password prints itself

  void add(const std::vector<std::string> &secrets);
  bool empty() const;
  // Every occurrence of a secret replaced, longer ones first.
  std::string redact(std::string_view text) const;

private:
  using Set = std::vector<std::string>;
  mutable std::mutex mutex_; // leaf; guards the pointer, the set itself is immutable
  std::shared_ptr<const Set> secrets_ = std::make_shared<const Set>();
};

// The secrets that no log line of this process may show: a runner's own, and in the host those of
// runners on its threads, whose plugins log through the host's own sink.
Redactor &process_redactor();

// A sink that hands on every event with its message redacted. `redactor` outlives it.
log::Sink redacted(log::Sink sink, const Redactor &redactor);

} // namespace host
