#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

#include "host/base/clock.h"
#include "host/kafka/producer.h"
#include "host/metrics/task_slot.h"
#include "host/runtime/context_headers.h"
#include "host/runtime/error_policy.h"
#include "host/runtime/task.h"

namespace host::runtime {

// A record on its way to the dead letter queue. Everything is the caller's, and is copied by send.
struct Letter {
  kafka::Slice key;
  kafka::Slice value;
  std::int64_t timestamp_ms = -1;
  std::vector<kafka::Header> headers;
  RecordOrigin origin;
  // Whether a value that is too large may be cut to what fits; else such a letter fails the task.
  bool may_cut = false;
};

// The dead letter queue of one task (contract 6.10): a topic, and a producer that is there from the
// first letter on. A letter that cannot be stored fails the task: nothing is lost in silence.
//
// send() may come from any thread; the rest is the task's, which must serve() in its loop.
class DeadLetters {
public:
  // Told on the task's thread, in serve(), flush() or close(): whether the letter is stored.
  using OnStored = std::function<void(bool stored)>;

  DeadLetters(const TaskSpec &spec, const ErrorPolicy &policy, metrics::TaskSlot &slot);
  ~DeadLetters();
  DeadLetters(const DeadLetters &) = delete;
  DeadLetters &operator=(const DeadLetters &) = delete;

  // Makes the topic if it is not there, as a task does when it starts.
  Status open(std::stop_token stop);
  // An error: this letter cannot be stored; `stored` is not called then.
  Status send(Letter &letter, const RecordFailure &failure, OnStored stored);

  void serve();
  bool outstanding() const { return outstanding_.load(std::memory_order_acquire) > 0; }
  // The first letter that Kafka refused.
  std::optional<Error> failure() const;
  // Serves until all letters are stored, one is refused or the deadline.
  void flush(TimePoint deadline);
  // No more letters; those that are still out count as not stored.
  void close();

private:
  struct Sent {
    OnStored stored;
  };
  struct Told {
    OnStored stored;
    bool is_stored;
  };

  Status make_producer();
  Status produce(Letter &letter, std::unique_ptr<Sent> sent);
  bool shrink(Letter &letter, std::string &size_text) const;
  Error refused(Error cause) const;
  void poll(Duration timeout);
  void note(const kafka::Delivery &delivery);
  void tell();

  const TaskSpec spec_; // a copy: a plugin's thread may call after the task's end
  const ErrorPolicy policy_;
  metrics::TaskSlot &slot_;
  std::atomic<std::size_t> outstanding_{0}; // sent and not told
  std::stop_token stop_;

  mutable std::mutex mutex_;
  // Guarded by mutex_ from here on; the producer itself is not, once it is there.
  std::unique_ptr<kafka::Producer> producer_;
  kafka::Topic topic_;
  bool closed_ = false;
  std::unordered_map<Sent *, std::unique_ptr<Sent>> sent_;
  std::vector<Told> told_;
  std::optional<Error> failure_;
};

} // namespace host::runtime
