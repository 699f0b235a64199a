#pragma once

#include <functional>
#include <map>
#include <string>

#include "host/base/ids.h"
#include "host/base/strings.h"
#include "host/wire/member_remover.h"

namespace host::herder {

// What is done with static members of consumer groups; any thread, both return at once.
struct MemberCalls {
  std::function<void(wire::StaticMember)> remove = [](const wire::StaticMember &) {};
  std::function<void(const wire::StaticMember &)> keep = [](const wire::StaticMember &) {};
};

// The group membership of each sink task from its start to its end for good (stopped, deleted,
// fewer tasks, FAILED): the task's consumer never leaves by itself, so that a restart takes its
// partitions over at once (design 3). A worker that stops ends no task for good. On the herder's
// thread, owned by the herder.
class SinkMembers {
public:
  SinkMembers(const StringMap &worker, MemberCalls calls)
      : worker_(worker), calls_(std::move(calls)) {}

  // A sink task is about to be started with this config of its connector. If it was started before
  // as another member (another group, another name), that one is gone for good.
  void starting(const TaskId &task, const StringMap &connector);
  // Again is fine; so is a task that is no sink's.
  void ended(const TaskId &task);

private:
  wire::StaticMember member_of(const TaskId &task, const StringMap &connector) const;

  const StringMap &worker_;
  const MemberCalls calls_;
  std::map<TaskId, wire::StaticMember> members_;
};

} // namespace host::herder
