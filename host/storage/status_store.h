#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "host/base/error.h"
#include "host/storage/status_state.h"

namespace host::storage {

// How connectors and tasks fare, as their workers say on the status topic (contract 3.4). One per
// worker; owned by the app, used by the herder. Every call may come from any thread and returns at
// once; callbacks run on the store's own thread and must not block.
//
// Nothing waits for a status to be written: what cannot be written now is tried again, unless there
// is something newer to say by then. What was said is in the snapshot once it was read back.
class StatusStore {
public:
  using Done = std::function<void(Status)>;

  // Plain: in any case. Safe: not if another worker, of a later generation, has said something
  // since; for FAILED and UNASSIGNED, which may come from one that others have replaced.
  enum class Put : std::uint8_t { Plain = 1, Safe };

  virtual ~StatusStore() = default;

  // Reads the topic to its end; `on_ready` once, when there is a snapshot or what is wrong for
  // good.
  virtual void start(Done on_ready) = 0;
  virtual void stop() = 0;

  // Never null.
  virtual std::shared_ptr<const StatusState> snapshot() const = 0;

  // Of a connector (by name) or a task.
  virtual void put(const StatusSubject &subject, const WorkerStatus &status, Put how) = 0;
  virtual void put_topic(const TopicStatus &status) = 0;
  virtual void remove(const StatusSubject &subject) = 0; // a connector's tasks go with it
  // Done when nothing is waiting to be written that was put before.
  virtual void flush(Done done) = 0;

  // Records that said nothing and were skipped, each with a line in the log.
  virtual std::uint64_t skipped_records() const = 0;
  // What the store waits for, in words for /health; empty when it is ready.
  virtual std::string waiting_for() const = 0;
};

// The store of a distributed worker. Touches no network: start() does. Config errors name the key.
Result<std::unique_ptr<StatusStore>> open_status_store(const StringMap &worker);

} // namespace host::storage
