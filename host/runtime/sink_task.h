#pragma once

#include <memory>

#include "host/runtime/sink_session.h"
#include "host/runtime/task_thread.h"

namespace host::runtime {

// A sink task: one session of the plugin's task.
class SinkTask final : public TaskThread {
public:
  SinkTask(TaskSpec spec, std::shared_ptr<const plugin::Connector> connector, TaskHost &host,
           metrics::TaskSlot &slot, const Clock &clock);
  ~SinkTask() override;

private:
  Status body() override;
  void cancel_plugin() override { session_->cancel(); }
  void wake_loop() override { waker_->wake(); }

  const std::shared_ptr<const plugin::Connector> connector_;
  const std::shared_ptr<SinkWaker> waker_ = std::make_shared<SinkWaker>();
  std::unique_ptr<SinkSession> session_;
};

} // namespace host::runtime
