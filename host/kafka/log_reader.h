#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "host/base/error.h"
#include "host/kafka/client_config.h"
#include "host/kafka/consumer.h"

namespace host::kafka {

// One record of a log; the views live as long as the call that gets it.
struct LogRecord {
  std::string_view key; // empty also for none
  std::optional<std::string_view> value;
  std::int64_t offset = 0;
};

// Reads all partitions of one topic from their first record on, without a group. Used on the one
// thread of its TopicLog.
class LogReader {
public:
  using OnRecord = std::function<void(const LogRecord &record)>;

  // `wake_fd`: an eventfd that becomes readable when there is something to read().
  static Result<std::unique_ptr<LogReader>> create(const ClientConfig &config,
                                                   const std::string &topic,
                                                   std::int32_t partitions, int wake_fd);
  ~LogReader();
  LogReader(const LogReader &) = delete;
  LogReader &operator=(const LogReader &) = delete;

  // Hands out everything that has arrived.
  void read(const OnRecord &on_record);
  // Whether every record before these offsets was handed out.
  bool has_reached(const std::vector<PartitionOffset> &ends) const;

private:
  struct Core;
  explicit LogReader(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

} // namespace host::kafka
