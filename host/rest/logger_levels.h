#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/clock.h"
#include "host/base/log.h"

namespace host::rest {

// The loggers as `/admin/loggers` shows and sets them (contract 2.4 #27–#29): those of host/base,
// `root` above them, and when each was changed. Any thread; owned by the server.
class LoggerLevels {
public:
  struct Entry {
    log::Level level = log::Level::Info;
    std::optional<std::int64_t> last_modified_ms;
  };
  // `forward` takes each change on to the runners.
  LoggerLevels(const Clock &clock,
               std::function<void(const std::string &prefix, const std::string &level)> forward)
      : clock_(clock), forward_(std::move(forward)) {}

  std::map<std::string, Entry> all() const;
  std::optional<Entry> find(std::string_view name) const;
  // Sets every logger whose name starts with `name`, for `root` all; returns what changed, sorted.
  std::vector<std::string> set(const std::string &name, log::Level level);

private:
  const Clock &clock_;
  const std::function<void(const std::string &, const std::string &)> forward_;
  mutable std::mutex mutex_;
  // Guarded by mutex_:
  log::Level root_ = log::Level::Info;
  std::map<std::string, log::Level> named_; // by a request; no logger has that name yet
  std::map<std::string, std::int64_t> modified_ms_;
};

} // namespace host::rest
