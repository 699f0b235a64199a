#include "host/runtime/source_task.h"

#include <utility>

#include "host/base/log.h"

namespace host::runtime {
namespace {

const log::Logger kLog{"sluice.task"};

// Producers lost one after the other without a record in between: then it is not the producer.
constexpr int kMaxLostInARow = 3;

} // namespace

SourceTask::SourceTask(TaskSpec spec, std::shared_ptr<const plugin::Connector> connector,
                       TaskHost &host, ProducerPool &pool, metrics::TaskSlot &slot,
                       const Clock &clock)
    : TaskThread(std::move(spec), host, slot, clock), connector_(std::move(connector)),
      pool_(pool) {}

SourceTask::~SourceTask() = default;

Status SourceTask::body() {
  if (!wait_for_first_start())
    return {};
  HOST_ASSIGN(const TaskOptions options, task_options(spec()));
  HOST_ASSIGN(const ErrorPolicy policy, ErrorPolicy::from(spec().connector_config));
  for (int lost_in_a_row = 0;;) {
    const auto errors = std::make_shared<ErrorReports>(spec(), policy, slot(), clock());
    session_ = std::make_unique<SourceSession>(
        SourceSetting{spec(), options, errors, connector_, host(), pool_, slot(), clock(),
                      shared_signals(), gate_, [this](State state) { report(state); }});
    const Status result = session_->run();
    const bool progressed = session_->delivered_records() > 0;
    session_->finish();
    if (result || stopping() || !session_->producer_lost())
      return result;
    lost_in_a_row = progressed ? 1 : lost_in_a_row + 1;
    if (lost_in_a_row > kMaxLostInARow)
      return result;
    kLog.warn("The producer was lost; the task starts again from its stored offsets: {}",
              result.error().trace());
  }
}

} // namespace host::runtime
