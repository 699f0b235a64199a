#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "host/base/clock.h"
#include "host/base/error.h"
#include "host/kafka/client_config.h"
#include "host/kafka/record.h"

struct rd_kafka_s;

namespace host::kafka {

enum class Produced : std::uint8_t {
  Queued = 1,
  QueueFull, // nothing was taken: wait in poll() and offer the record again
  TooLarge,  // above max.request.size; waiting does not help
  Fatal,     // the producer must be rebuilt: fatal_error() says why
  Refused,   // see the code: unknown partition, unknown topic, …
};

struct ProduceResult {
  Produced outcome = Produced::Queued;
  ErrorCode code = ErrorCode::None;
};

// One librdkafka producer: idempotent, acks=all, murmur2 like Java's. Any thread may call anything;
// one producer serves all at-least-once tasks of a runner.
//
// Deliveries are handed out by poll(), on the thread that polls, in spans of many: no thread of
// ours, no queue of ours, no lock per record. A task polls with no wait once per batch, and with a
// wait when it has no room or has to see its last records through. With several tasks, whoever
// polls serves all of them; wake() ends a wait elsewhere. (Measured against a polling thread of its
// own: the record's memory is then freed by another thread than the one that allocates it.)
class Producer {
public:
  // Called on the polling thread with up to kDeliverySpan deliveries at a time. Must not call
  // poll() or flush().
  using OnDeliveries = std::function<void(std::span<const Delivery>)>;
  static constexpr std::size_t kDeliverySpan = 256;

  static Result<std::unique_ptr<Producer>> create(const ClientConfig &config);
  // Purges what is still queued; its deliveries are lost. Bounded by kDestroyLimit: a client that
  // hangs in its library is left behind, with an error in the log.
  ~Producer();
  Producer(const Producer &) = delete;
  Producer &operator=(const Producer &) = delete;

  // The topic's handle, made at first use. Takes a lock: keep the result. The first one of a
  // source's producer also waits for a broker, for 0.3 s at most, so that its first record need not
  // wait.
  Result<Topic> topic(std::string_view name);

  // Never blocks, never throws.
  ProduceResult produce(const OutRecord &record) noexcept;

  // Serves deliveries; waits up to `timeout` for the first. Returns how many there were. Returns
  // early after wake().
  std::size_t poll(Duration timeout, const OnDeliveries &on_deliveries);
  // Ends the present or next wait of one thread in poll().
  void wake();

  // Polls until nothing is outstanding or `deadline` has passed (Timeout error).
  Status flush(TimePoint deadline, const OnDeliveries &on_deliveries);
  // Drops what is queued or in flight; each comes back as a delivery with an error.
  void purge();

  // Set once the library gave up on this producer for good (sequence lost, fenced, …).
  std::optional<Error> fatal_error() const;
  // Records whose delivery was not handed out yet.
  std::size_t outstanding() const;
  std::int64_t max_request_bytes() const;

  // For Admin, which may share the connection.
  rd_kafka_s *handle() const;

private:
  struct Core;
  explicit Producer(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

} // namespace host::kafka
