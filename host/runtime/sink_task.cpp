#include "host/runtime/sink_task.h"

#include <utility>

#include "host/base/log.h"

namespace host::runtime {
namespace {

const log::Logger kLog{"sluice.task"};

} // namespace

SinkTask::SinkTask(TaskSpec spec, std::shared_ptr<const plugin::Connector> connector,
                   TaskHost &host, metrics::TaskSlot &slot, const Clock &clock)
    : TaskThread(std::move(spec), host, slot, clock), connector_(std::move(connector)) {}

SinkTask::~SinkTask() = default;

Status SinkTask::body() {
  if (!wait_for_first_start())
    return {};
  HOST_ASSIGN(const TaskOptions options, task_options(spec()));
  HOST_ASSIGN(ErrorPolicy policy, ErrorPolicy::from(spec().connector_config));
  const auto errors = std::make_shared<ErrorReports>(spec(), std::move(policy), slot(), clock());
  session_ = std::make_unique<SinkSession>(
      SinkSetting{spec(), options, errors, connector_, slot(), clock(), shared_signals(), waker_,
                  gate_, [this](State state) { report(state); }, host()});
  const Status result = session_->run();
  const Status finished = session_->finish();
  if (!finished)
    kLog.error("{}", finished.error().message());
  return result ? finished : result;
}

} // namespace host::runtime
