#include "host/metrics/task_slot.h"

namespace host::metrics {

const char *name_of(Callback callback) {
  switch (callback) {
  case Callback::None:
    return "none";
  case Callback::Load:
    return "load";
  case Callback::Entry:
    return "entry";
  case Callback::Init:
    return "init";
  case Callback::Create:
    return "create";
  case Callback::Start:
    return "start";
  case Callback::Poll:
    return "poll";
  case Callback::Put:
    return "put";
  case Callback::PreCommit:
    return "pre_commit";
  case Callback::Commit:
    return "commit";
  case Callback::OnDelivered:
    return "on_delivered";
  case Callback::Open:
    return "open";
  case Callback::Close:
    return "close";
  case Callback::Stop:
    return "stop";
  case Callback::Destroy:
    return "destroy";
  case Callback::Validate:
    return "validate";
  case Callback::TaskConfigs:
    return "task_configs";
  case Callback::Release:
    return "release";
  case Callback::AlterOffsets:
    return "alter_offsets";
  }
  return "unknown callback"; // the page is written by a process that may have lost its mind
}

} // namespace host::metrics
