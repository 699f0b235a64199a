#pragma once

#include <memory>

#include "host/runtime/producer_pool.h"
#include "host/runtime/source_session.h"
#include "host/runtime/task_thread.h"

namespace host::runtime {

// A source task: sessions of the plugin's task one after the other. There is more than one only
// when the producer was lost beyond repair, which is no fault of the plugin.
class SourceTask final : public TaskThread {
public:
  SourceTask(TaskSpec spec, std::shared_ptr<const plugin::Connector> connector, TaskHost &host,
             ProducerPool &pool, metrics::TaskSlot &slot, const Clock &clock);
  ~SourceTask() override;

private:
  Status body() override;
  void cancel_plugin() override { session_->cancel(); }
  void wake_loop() override {
    gate_.pass([this] { session_->wake(); });
  }

  const std::shared_ptr<const plugin::Connector> connector_;
  ProducerPool &pool_;
  std::unique_ptr<SourceSession> session_;
};

} // namespace host::runtime
