#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/base/error.h"
#include "host/base/offset_record.h"

namespace host::storage {

// Source offsets by key bytes. One per worker; owned by the app, used by the supervisor (for
// runners) and the herder (for REST). Every call may come from any thread and returns at once;
// callbacks run on the store's own thread and must not block.
class OffsetStore {
public:
  using OnWritten = std::function<void(Status)>;
  using OnRead = std::function<void(Result<std::vector<std::optional<std::string>>>)>;
  using OnListed = std::function<void(Result<std::vector<OffsetRecord>>)>;

  virtual ~OffsetStore() = default;

  // Reads what is stored (the topic to its end); `on_ready` once, when reads can be answered.
  virtual void start(OnWritten on_ready) = 0;
  virtual void stop() = 0;

  // Done when the entries are durable: acknowledged by all in-sync replicas, or fsynced.
  virtual void write(std::vector<OffsetRecord> records, OnWritten done) = 0;
  // One value per key, in order, after a read to the end that concurrent calls share.
  virtual void read(std::vector<std::string> keys, OnRead done) = 0;
  // Every key of one connector with a value, in order of first appearance.
  virtual void list(const std::string &connector, OnListed done) = 0;
  // What the store waits for, in words for /health; empty when it is ready.
  virtual std::string waiting_for() const = 0;
};

} // namespace host::storage
