#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/base/ids.h"
#include "host/link/io_loop.h"
#include "host/runner/outlet.h"
#include "host/runtime/task.h"

namespace host::runner {

// One task's voice: puts its words on the link. Called on the task's thread; detach() is the
// runner's. Made before its task and destroyed after it.
class LinkTaskHost final : public runtime::TaskHost {
public:
  // `on_ended` runs on the loop's thread, once.
  LinkTaskHost(link::IoLoop &loop, Outlet &outlet, TaskId task, Incarnation incarnation,
               std::function<void()> on_ended);
  ~LinkTaskHost() override;

  void status(State state, std::string trace) override;
  void topic_active(const std::string &topic) override;
  Result<std::vector<std::optional<std::string>>>
  read_offsets(std::vector<std::string> keys) override;
  void commit_offsets(std::vector<OffsetRecord> entries, OnCommitted done) override;
  void cancel() override;
  void ended() override;

  // Loop's thread: answers to commits are not handed on any more.
  void detach() { attached_.reset(); }

private:
  struct Reading; // an answer that the task's thread waits for

  link::IoLoop &loop_;
  Outlet &outlet_;
  const TaskId task_;
  const Incarnation incarnation_;
  const std::function<void()> on_ended_;
  const std::shared_ptr<Reading> reading_;
  std::shared_ptr<bool> attached_ = std::make_shared<bool>(true);
};

} // namespace host::runner
