#include "host/runtime/producer_pool.h"

#include <algorithm>
#include <utility>

#include "host/base/log.h"

namespace host::runtime {
namespace {

const log::Logger kLog{"sluice.producer"};

// How long a wait in the library may last: ended earlier by wake(), so only a safety net.
constexpr Duration kLongestPoll{1'000};
// For dropped records to come back when the last task has gone.
constexpr Duration kPurgeLimit{5'000};

} // namespace

SharedProducer::SharedProducer(std::unique_ptr<kafka::Producer> producer)
    : producer_(std::move(producer)) {}

SharedProducer::~SharedProducer() {
  if (orphans_.empty())
    return;
  producer_->purge();
  const Status flushed =
      producer_->flush(std::chrono::steady_clock::now() + kPurgeLimit, Flight::deliver);
  bury_complete();
  if (orphans_.empty())
    return;
  kLog.error("{} source tasks could not be given back their batches: {}; their memory is left "
             "behind",
             orphans_.size(),
             flushed ? std::string("deliveries are missing") : flushed.error().message());
  for (auto &orphan : orphans_)
    (void)orphan.release(); // the library may still read the plugin's bytes
}

std::size_t SharedProducer::poll(Duration timeout) {
  const std::size_t served = producer_->poll(timeout, Flight::deliver);
  if (served > 0 && has_orphans_.load(std::memory_order_relaxed))
    bury_complete();
  return served;
}

void SharedProducer::serve() {
  if (poll(Duration(0)) > 0 && waiting_.load(std::memory_order_acquire) > 0)
    notify();
}

bool SharedProducer::wait(const std::function<bool()> &ready, TimePoint deadline) {
  std::unique_lock lock(mutex_);
  waiting_.fetch_add(1, std::memory_order_release);
  bool is_ready = ready();
  for (TimePoint now = std::chrono::steady_clock::now(); !is_ready && now < deadline;
       now = std::chrono::steady_clock::now()) {
    const TimePoint until = std::min(deadline, now + kLongestPoll);
    if (serving_) {
      changed_.wait_until(lock, until);
    } else {
      serving_ = true;
      lock.unlock();
      poll(std::chrono::ceil<Duration>(until - now));
      lock.lock();
      serving_ = false;
      changed_.notify_all();
    }
    is_ready = ready();
  }
  waiting_.fetch_sub(1, std::memory_order_release);
  return is_ready;
}

void SharedProducer::notify() {
  {
    std::lock_guard lock(mutex_);
    if (serving_)
      producer_->wake();
  }
  changed_.notify_all();
}

void SharedProducer::adopt(std::unique_ptr<FlightDeck> deck) {
  std::lock_guard lock(mutex_);
  orphans_.push_back(std::move(deck));
  has_orphans_.store(true, std::memory_order_relaxed);
}

void SharedProducer::bury_complete() {
  std::vector<std::unique_ptr<FlightDeck>> decks;
  {
    std::lock_guard lock(mutex_);
    decks.swap(orphans_);
  }
  for (auto &deck : decks)
    deck->discard_completed();
  std::erase_if(decks, [](const auto &deck) { return deck->under_way() == 0; });
  std::lock_guard lock(mutex_);
  std::move(decks.begin(), decks.end(), std::back_inserter(orphans_));
  has_orphans_.store(!orphans_.empty(), std::memory_order_relaxed);
}

Result<kafka::ClientConfig> ProducerPool::config_for(const TaskSpec &spec,
                                                     std::int64_t budget_bytes) {
  return kafka::client_config({.kind = kafka::ClientKind::SourceProducer,
                               .worker = spec.worker_config,
                               .connector = &spec.connector_config,
                               .task = spec.id,
                               .budget_bytes = budget_bytes});
}

Result<std::shared_ptr<SharedProducer>> ProducerPool::acquire(const TaskSpec &spec,
                                                              std::int64_t budget_bytes) {
  HOST_ASSIGN(const auto config, config_for(spec, budget_bytes));
  std::lock_guard lock(mutex_);
  auto current = current_.lock();
  if (current != nullptr && settings_ == config.settings &&
      !current->producer().fatal_error().has_value())
    return current;
  HOST_TRY(kafka::check_library(config));
  kafka::warn_unused(config);
  HOST_ASSIGN(auto producer, kafka::Producer::create(config));
  auto shared = std::make_shared<SharedProducer>(std::move(producer));
  current_ = shared;
  settings_ = config.settings;
  return shared;
}

} // namespace host::runtime
