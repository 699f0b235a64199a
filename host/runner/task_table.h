#pragma once

#include <functional>
#include <map>
#include <memory>

#include "host/base/error.h"
#include "host/base/ids.h"
#include "host/base/state.h"
#include "host/link/messages.h"
#include "host/link/peer.h"
#include "host/plugin/connector.h"

namespace host::runner {

struct Parts;

// The tasks of a runner, from StartTask to the end of their threads. Loop's thread. Owned by the
// Runner; destroyed when it is empty, or never.
class TaskTable {
public:
  // `on_empty` runs whenever the last task has ended.
  TaskTable(Parts &parts, std::function<void()> on_empty);
  ~TaskTable();

  void start(link::StartTask request, link::Responder<link::Done> responder);
  void set_target(const TaskId &task, TargetState target, link::Responder<link::Done> responder);
  // Cancels at once; answered when the thread has ended, or with Timeout: the task is still there
  // then, and only the end of its process gets rid of it.
  void stop(const TaskId &task, Duration timeout, link::Responder<link::Done> responder);
  void stop_all();
  bool empty() const { return entries_.empty(); }

private:
  struct Entry;
  using EntryPtr = std::shared_ptr<Entry>;
  using Found = Result<std::shared_ptr<const plugin::Connector>>;

  Status check(const link::StartTask &request) const;
  void loaded(EntryPtr entry, Found found, const link::Responder<link::Done> &responder);
  void begin_stop(const EntryPtr &entry);
  void ended(const TaskId &task);
  void forget(EntryPtr entry);

  Parts &parts_;
  std::function<void()> on_empty_;
  std::map<TaskId, EntryPtr> entries_;
};

} // namespace host::runner
