#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <sluice/abi/plugin.h>

#include "host/plugin/connector.h"

namespace host::runtime::test {

struct SourceRecord {
  std::string topic = "t";
  std::optional<std::string> value;
  std::optional<std::string> key;
  std::string partition_json = R"({"p":1})"; // empty: none
  std::string offset;                        // JSON; empty: no resume point
  std::int32_t kafka_partition = 0;
  std::int64_t timestamp_ms = -1;
  std::vector<std::pair<std::string, std::string>> headers;
};

// What the plugin code of one source task does, and what it has seen. Shared by the test and the
// plugin functions; any thread.
class SourceScript {
public:
  SourceScript();
  ~SourceScript();

  // The connector whose tasks run this script.
  std::shared_ptr<const plugin::Connector> connector();

  // One poll gives one of these batches.
  void feed(std::vector<SourceRecord> records);
  // The next poll gives this status instead of records.
  void feed_status(sluice_status status, std::string message);

  // Answers of the functions, with the message for an error; set before the task starts.
  std::function<std::pair<sluice_status, std::string>()> on_create;
  std::function<std::pair<sluice_status, std::string>()> on_start;
  std::function<void()> on_poll;
  std::function<std::pair<sluice_status, std::string>()> on_commit;
  bool with_on_delivered = false;
  bool with_wake = true;

  struct Seen {
    std::vector<std::pair<std::string, std::string>> config;
    std::vector<std::optional<std::string>> offsets_at_start; // of `ask_at_start`
    std::vector<std::string> calls;                           // create, start, stop, destroy
    std::vector<sluice_delivery> deliveries;
    std::int64_t max_record_bytes = 0;
    std::int64_t longest_wait_ms = 0;
    int batches_out = 0; // given to the host and not released
    int batches = 0;
    int commits = 0;
    bool cancelled = false;
  };
  Seen seen() const;
  bool wait_until(const std::function<bool(const Seen &)> &condition) const;

  // Partitions whose offsets start() asks for.
  std::vector<std::string> ask_at_start;
  sluice_ctx *ctx = nullptr;
  const sluice_host *host = nullptr;

private:
  friend struct SourceFunctions;
  struct Step {
    std::vector<SourceRecord> records;
    sluice_status status = SLUICE_OK;
    std::string message;
  };

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::deque<Step> steps_;
  Seen seen_;
  bool woken_ = false;
  std::string id_;
};

} // namespace host::runtime::test
