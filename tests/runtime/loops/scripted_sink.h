#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <sluice/abi/plugin.h>

#include "host/plugin/connector.h"

namespace host::runtime::test {

struct PutRecord {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = 0;
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::vector<std::pair<std::string, std::string>> headers;
  bool as_cell = false;
};

// What the plugin code of one sink connector's tasks does, and what they have seen. Shared by the
// test and the plugin functions; any thread.
class SinkScript {
public:
  SinkScript();
  ~SinkScript();

  std::shared_ptr<const plugin::Connector> connector(std::uint32_t forms = SLUICE_FORM_BYTES |
                                                                           SLUICE_FORM_VALUE);

  using Answer = std::pair<sluice_status, std::string>;
  // Called on the task's thread inside the plugin function, with no lock; set before the start.
  std::function<Answer(const sluice_sink_batch &)> on_put;
  std::function<Answer(sluice_tp *, std::size_t)> on_pre_commit;
  std::function<Answer(const sluice_tp *, std::size_t)> on_open;
  std::function<Answer()> on_close;
  std::function<Answer()> on_start;
  std::function<Answer()> on_stop;

  struct Seen {
    std::vector<PutRecord> records; // of accepted puts
    std::vector<std::string> calls; // create, open t-0@5, close t-0, lost t-0, stop, destroy …
    std::string last_call() const { return calls.empty() ? "" : calls.back(); }
    int puts = 0;
    int empty_puts = 0;
    int pre_commits = 0;
    bool cancelled = false;
  };
  Seen seen() const;
  bool wait_until(const std::function<bool(const Seen &)> &condition) const;
  std::vector<std::string> values() const; // of accepted records, in order

  const sluice_sink_context &services() const;
  sluice_ctx *ctx = nullptr;
  const sluice_host *host = nullptr;

private:
  friend struct SinkFunctions;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  Seen seen_;
  std::string id_;
};

} // namespace host::runtime::test
