#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "host/kafka/consumer.h"
#include "host/plugin/context.h"
#include "host/runtime/errant_records.h"
#include "host/runtime/gate.h"
#include "host/runtime/signals.h"
#include "host/runtime/sink_partitions.h"

namespace host::runtime {

// Ends the consumer's wait from any thread, as long as there is a consumer. Shared: threads of a
// plugin may outlive it.
class SinkWaker {
public:
  void attach(kafka::Consumer &consumer) {
    consumer_ = &consumer;
    gate_.open();
  }
  void detach() { gate_.close(); }
  void wake() {
    gate_.pass([this] { consumer_->wake(); });
  }

private:
  Gate gate_;
  kafka::Consumer *consumer_ = nullptr; // used inside the gate
};

// What a sink plugin may ask of its task: noted here, done by the loop at its next turn. Kept by
// the plugin's context, which may outlive the task: detach() before the task goes.
class SinkServices final : public plugin::SinkCalls {
public:
  SinkServices(std::shared_ptr<Signals> signals, std::shared_ptr<SinkWaker> waker,
               SinkPartitions &partitions, std::shared_ptr<ErrantRecords> errant);

  // ---- the task ----
  void detach();
  // Positions asked for since the last call.
  std::vector<kafka::PartitionOffset> take_rewinds() { return std::exchange(rewinds_, {}); }
  // A rewind of the loop's own, or one that could not be done yet.
  void rewind(const TopicPartition &partition, Offset offset);
  // Takes the rewind of one partition, if there is one.
  std::optional<Offset> take_rewind(const TopicPartition &partition);
  // Whether pauses have changed since the last call.
  bool take_pauses_changed() { return std::exchange(pauses_changed_, false); }
  // How long the task wants to wait for its next put; holds once.
  std::optional<Duration> take_retry_after() { return std::exchange(retry_after_, {}); }

  // ---- the plugin ----
  Status pause(std::span<const sluice_tp> partitions) override;
  Status resume(std::span<const sluice_tp> partitions) override;
  Status seek(std::span<const sluice_tp> positions) override;
  void request_commit() override;
  void retry_after(std::int64_t ms) override;
  Status report_record_error(const sluice_sink_batch &batch, std::size_t index,
                             std::string_view message) override;
  void failed(Error error) override;

private:
  Status set_paused(std::span<const sluice_tp> partitions, bool paused, std::string_view verb);
  Result<std::vector<SinkPartition *>> find_all(std::span<const sluice_tp> partitions,
                                                std::string_view verb);

  const std::shared_ptr<Signals> signals_;
  const std::shared_ptr<SinkWaker> waker_;
  SinkPartitions *partitions_; // null once detached
  const std::shared_ptr<ErrantRecords> errant_;
  std::vector<kafka::PartitionOffset> rewinds_;
  bool pauses_changed_ = false;
  std::optional<Duration> retry_after_;
};

} // namespace host::runtime
