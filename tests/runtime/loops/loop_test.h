#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/base/clock.h"
#include "host/kafka/mock_cluster.h"
#include "host/metrics/task_slot.h"
#include "host/runtime/producer_pool.h"
#include "host/runtime/task.h"
#include "tests/runtime/loops/fake_host.h"

namespace host::runtime::test {

// One record as it is in a topic.
struct Stored {
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = -1;
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::vector<std::pair<std::string, std::string>> headers;
};

// Tasks on a mock cluster, with what a runner would give them.
class LoopTest : public ::testing::Test {
protected:
  LoopTest();
  ~LoopTest() override;
  void TearDown() override;

  // A task of connector `c` with what is in worker_, connector_ and task_; not started.
  std::unique_ptr<Task> make(std::shared_ptr<const plugin::Connector> connector,
                             std::int32_t number = 0);
  // The same, started.
  std::unique_ptr<Task> run(std::shared_ptr<const plugin::Connector> connector,
                            std::int32_t number = 0);
  // Asks for the end and waits for it.
  static void stop(Task &task);

  // Reads a topic from its start until `count` records are there, or fails the test.
  std::vector<Stored> read(const std::string &topic, std::size_t count);
  static std::vector<std::string> values_of(const std::vector<Stored> &records);
  // Writes values to partition 0 of a topic.
  void write(const std::string &topic, const std::vector<std::string> &values,
             std::int32_t partition = 0);
  // Writes records with their keys, values, partitions and headers.
  void write_records(const std::string &topic, const std::vector<Stored> &records);

  // What a group has committed for the first partitions of a topic; -1: nothing.
  std::vector<std::int64_t> group_offsets(const std::string &group, const std::string &topic,
                                          std::int32_t partitions);

  std::uint64_t count(std::atomic<std::uint64_t> metrics::TaskSlot::*member) const {
    return ((*slot_).*member).load();
  }

  std::unique_ptr<kafka::MockCluster> cluster_;
  StringMap worker_;
  StringMap connector_;
  StringMap task_;
  TargetState target_ = TargetState::Started;
  FakeHost host_;
  ProducerPool pool_;
  std::unique_ptr<metrics::TaskSlot> slot_ = std::make_unique<metrics::TaskSlot>();
  SystemClock clock_;
  std::uint64_t incarnation_ = 0;
};

} // namespace host::runtime::test
