#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "host/base/clock.h"
#include "host/base/error.h"
#include "host/kafka/producer.h"
#include "host/runtime/flight_deck.h"
#include "host/runtime/task.h"

namespace host::runtime {

// A producer that the at-least-once tasks of a runner share. Deliveries are served by whichever
// task asks; of several tasks that wait, one serves for all. Any thread. The last task to let go of
// it ends it.
class SharedProducer {
public:
  explicit SharedProducer(std::unique_ptr<kafka::Producer> producer);
  ~SharedProducer();
  SharedProducer(const SharedProducer &) = delete;
  SharedProducer &operator=(const SharedProducer &) = delete;

  kafka::Producer &producer() { return *producer_; }

  // Notes what has come back; does not wait.
  void serve();
  // Serves until `ready()` or the deadline; whether it is ready. `ready` may be asked at any time,
  // with no lock of ours but one.
  bool wait(const std::function<bool()> &ready, TimePoint deadline);
  // Makes all waits look at their condition again.
  void notify();

  // Takes what a task that has ended left on its way: it goes when its last record comes back.
  void adopt(std::unique_ptr<FlightDeck> deck);

private:
  std::size_t poll(Duration timeout);
  void bury_complete();

  std::unique_ptr<kafka::Producer> producer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<int> waiting_{0};
  bool serving_ = false;                             // guarded by mutex_
  std::vector<std::unique_ptr<FlightDeck>> orphans_; // guarded by mutex_
  std::atomic<bool> has_orphans_{false};
};

// Gives the tasks of one runner their producer: the same one as long as it works and their settings
// are the same. A producer exists only while a task holds it, so an idle source costs none. Any
// thread.
class ProducerPool {
public:
  // The settings of this task's producer.
  static Result<kafka::ClientConfig> config_for(const TaskSpec &spec, std::int64_t budget_bytes);

  // The producer for this task, made if there is none. One that is beyond repair is never given.
  Result<std::shared_ptr<SharedProducer>> acquire(const TaskSpec &spec, std::int64_t budget_bytes);

private:
  std::mutex mutex_;
  std::weak_ptr<SharedProducer> current_;
  std::vector<std::pair<std::string, std::string>> settings_;
};

} // namespace host::runtime
