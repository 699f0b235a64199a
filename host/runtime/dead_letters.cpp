#include "host/runtime/dead_letters.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "host/base/log.h"
#include "host/kafka/admin.h"
#include "host/kafka/client_config.h"

namespace host::runtime {
namespace {

const log::Logger kLog{"sluice.errors"};

// As the Java client's default.api.timeout.ms.
constexpr Duration kCreateLimit{60'000};
constexpr Duration kWaitForRoom{50};
constexpr Duration kFlushStep{100};
constexpr std::string_view kCutHeader = "__connect.errors.value.size";
// What a record may need beside key, value and headers.
constexpr std::size_t kRecordOverhead = 1024;

void count(std::atomic<std::uint64_t> &counter) { counter.fetch_add(1, std::memory_order_relaxed); }

std::size_t size_of(const Letter &letter) {
  std::size_t size = letter.key.size + letter.value.size + kRecordOverhead;
  for (const kafka::Header &header : letter.headers)
    size += header.name.size() + header.value.size + 16;
  return size;
}

} // namespace

DeadLetters::DeadLetters(const TaskSpec &spec, const ErrorPolicy &policy, metrics::TaskSlot &slot)
    : spec_(spec), policy_(policy), slot_(slot) {}

DeadLetters::~DeadLetters() { close(); }

Status DeadLetters::open(std::stop_token stop) {
  stop_ = std::move(stop);
  if (kafka::is_dev_mode(spec_.worker_config))
    return {}; // the mock cluster makes topics by itself
  const auto make_topic = [this]() -> Status {
    HOST_ASSIGN(const auto config, kafka::client_config({.kind = kafka::ClientKind::ConnectorAdmin,
                                                         .worker = spec_.worker_config,
                                                         .connector = &spec_.connector_config,
                                                         .task = spec_.id}));
    HOST_ASSIGN(const auto admin, kafka::Admin::create(config));
    const kafka::CallLimit limit{kCreateLimit, stop_};
    HOST_ASSIGN(const auto known, admin->describe_topic(policy_.dead_letter_topic, limit));
    if (known)
      return {};
    kLog.info("Topic {} doesn't exist. Will attempt to create topic.", policy_.dead_letter_topic);
    Status made =
        admin->create_topic({policy_.dead_letter_topic, 1, policy_.dead_letter_replication}, limit);
    if (!made && made.error().code() == Code::AlreadyExists)
      return {};
    return made;
  };
  Status made = make_topic();
  if (made || stop_.stop_requested())
    return {};
  return std::move(made).error().wrap(Code::Fatal, exception::kConnect,
                                      "Could not initialize dead letter queue with topic=" +
                                          policy_.dead_letter_topic);
}

Status DeadLetters::make_producer() {
  const std::lock_guard lock(mutex_);
  if (closed_)
    return fail(Code::Fatal, "the task has ended");
  if (producer_ != nullptr)
    return {};
  HOST_ASSIGN(const auto config,
              kafka::client_config({.kind = kafka::ClientKind::DeadLetterProducer,
                                    .worker = spec_.worker_config,
                                    .connector = &spec_.connector_config,
                                    .task = spec_.id}));
  HOST_TRY(kafka::check_library(config));
  HOST_ASSIGN(producer_, kafka::Producer::create(config));
  HOST_ASSIGN(topic_, producer_->topic(policy_.dead_letter_topic));
  return {};
}

Status DeadLetters::send(Letter &letter, const RecordFailure &failure, OnStored stored) {
  Status done = make_producer();
  if (done) {
    count(slot_.dead_letter_requests);
    ContextHeaders headers;
    if (policy_.context_headers)
      headers.append(letter.origin, spec_.id, failure, letter.headers);
    done = produce(letter, std::make_unique<Sent>(Sent{std::move(stored)}));
    if (!done)
      count(slot_.dead_letter_failures);
  }
  return done ? Status() : fail(refused(std::move(done).error()));
}

Status DeadLetters::produce(Letter &letter, std::unique_ptr<Sent> sent) {
  std::string size_text;
  Sent *const opaque = sent.get();
  {
    const std::lock_guard lock(mutex_);
    sent_.emplace(opaque, std::move(sent));
  }
  outstanding_.fetch_add(1, std::memory_order_release);
  const auto take_back = [&] {
    const std::lock_guard lock(mutex_);
    sent_.erase(opaque);
    outstanding_.fetch_sub(1, std::memory_order_release);
  };
  while (!stop_.stop_requested()) {
    const kafka::ProduceResult result = producer_->produce({.topic = topic_,
                                                            .timestamp_ms = letter.timestamp_ms,
                                                            .key = letter.key,
                                                            .value = letter.value,
                                                            .headers = letter.headers,
                                                            .opaque = opaque});
    if (result.outcome == kafka::Produced::Queued)
      return {};
    if (result.outcome == kafka::Produced::TooLarge && shrink(letter, size_text))
      continue;
    if (result.outcome != kafka::Produced::QueueFull) {
      take_back();
      return fail(kafka::error_of(result.code));
    }
    poll(kWaitForRoom);
  }
  take_back();
  return fail(Code::Cancelled, "the task stops");
}

// A letter may be larger than its record. What can be spared goes first: the trace, of which the
// message is a part, then the end of a value, if it may be cut at all.
bool DeadLetters::shrink(Letter &letter, std::string &size_text) const {
  const auto is_trace = [](const kafka::Header &header) {
    return header.name == ContextHeaders::kStackTrace;
  };
  if (std::erase_if(letter.headers, is_trace) > 0)
    return true;
  if (!letter.may_cut || letter.value.size == 0 || !size_text.empty())
    return false;
  size_text = std::to_string(letter.value.size);
  letter.headers.push_back({kCutHeader, kafka::Slice::of(size_text)});
  const auto most = static_cast<std::size_t>(producer_->max_request_bytes());
  const std::size_t others = size_of(letter) - letter.value.size;
  letter.value.size = most > others ? std::min(letter.value.size, most - others) : 0;
  return true;
}

Error DeadLetters::refused(Error cause) const {
  const std::string text =
      "Could not produce message to dead letter queue. topic=" + policy_.dead_letter_topic;
  kLog.error("{}: {}", text, cause.message());
  return std::move(cause).wrap(Code::Fatal, exception::kConnect, text);
}

void DeadLetters::poll(Duration timeout) {
  producer_->poll(timeout, [this](std::span<const kafka::Delivery> deliveries) {
    for (const kafka::Delivery &delivery : deliveries)
      note(delivery);
  });
}

void DeadLetters::note(const kafka::Delivery &delivery) {
  const bool stored = delivery.error == kafka::ErrorCode::None;
  std::optional<Error> failure;
  if (!stored) {
    count(slot_.dead_letter_failures);
    failure = refused(kafka::error_of(delivery.error));
  }
  const std::lock_guard lock(mutex_);
  const auto sent = sent_.find(static_cast<Sent *>(delivery.opaque));
  if (sent == sent_.end())
    return;
  told_.push_back({std::move(sent->second->stored), stored});
  sent_.erase(sent);
  if (failure && !failure_)
    failure_ = std::move(failure);
}

// Callbacks are called without the lock: they may send the next letter.
void DeadLetters::tell() {
  std::vector<Told> told;
  {
    const std::lock_guard lock(mutex_);
    told.swap(told_);
  }
  for (const Told &one : told) {
    if (one.is_stored)
      count(slot_.records_dead_lettered);
    one.stored(one.is_stored);
    outstanding_.fetch_sub(1, std::memory_order_release);
  }
}

void DeadLetters::serve() {
  if (!outstanding())
    return;
  poll(Duration(0));
  tell();
}

std::optional<Error> DeadLetters::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void DeadLetters::flush(TimePoint deadline) {
  tell();
  while (outstanding() && !failure()) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= deadline)
      return;
    poll(std::min(kFlushStep, std::chrono::ceil<Duration>(deadline - now)));
    tell();
  }
}

void DeadLetters::close() {
  tell();
  std::unordered_map<Sent *, std::unique_ptr<Sent>> left;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    left.swap(sent_);
  }
  for (const auto &[key, sent] : left) {
    sent->stored(false);
    outstanding_.fetch_sub(1, std::memory_order_release);
  }
  if (!left.empty())
    kLog.warn("{} dead letters were not acknowledged in time; their records will be read again",
              left.size());
}

} // namespace host::runtime
