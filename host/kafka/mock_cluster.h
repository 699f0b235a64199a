#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "host/base/clock.h"
#include "host/base/error.h"

namespace host::kafka {

// librdkafka's broker in memory, on 127.0.0.1 and ports of its choice: for `--dev` (in a process of
// its own, because it can abort) and for tests. It keeps 5 MiB a partition, compacts nothing, knows
// no admin requests, and shows aborted transactions. Any thread.
class MockCluster {
public:
  static Result<std::unique_ptr<MockCluster>> create(int brokers = 1);
  ~MockCluster();
  MockCluster(const MockCluster &) = delete;
  MockCluster &operator=(const MockCluster &) = delete;

  // `127.0.0.1:port,…`
  std::string bootstrap() const;
  Status create_topic(const std::string &name, std::int32_t partitions);

  // For tests: all brokers refuse connections and drop the present ones, or come back.
  Status set_down(bool down);
  // For tests: the partition's leader is elected anew, as after a broker's restart.
  Status elect_again(const std::string &topic, std::int32_t partition);
  // For tests: every answer takes this long.
  Status set_round_trip(Duration time);
  // For tests: the next `count` requests of that Kafka API key are answered with `error`.
  void push_errors(std::int16_t api_key, std::int32_t error, int count);

private:
  struct Core;
  explicit MockCluster(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

} // namespace host::kafka
