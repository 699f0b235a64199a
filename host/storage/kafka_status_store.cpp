#include "host/storage/kafka_status_store.h"

#include <utility>

#include "host/base/log.h"
#include "host/storage/store_topics.h"

namespace host::storage {
namespace {

const log::Logger kLog{"sluice.storage"};

// So long the producer tries by itself; then it is looked at whether the status still holds.
constexpr Duration kOneTry{5'000};
constexpr Duration kPause{500}; // for what fails at once

kafka::TopicLog::Settings with_reader(kafka::TopicLog::Settings settings,
                                      kafka::LogReader::OnRecord on_record) {
  settings.on_record = std::move(on_record);
  settings.producer.set("delivery.timeout.ms", std::to_string(kOneTry.count()));
  return settings;
}

bool is_worth_another_try(const Error &error) {
  return error.code() == Code::Retry || error.code() == Code::Timeout;
}

} // namespace

KafkaStatusStore::KafkaStatusStore(kafka::TopicLog::Settings settings)
    : topic_(settings.topic.topic.name),
      log_(with_reader(std::move(settings), [this](const auto &record) { on_record(record); })) {}

KafkaStatusStore::~KafkaStatusStore() { log_.stop(); }

void KafkaStatusStore::start(Done on_ready) { log_.start(std::move(on_ready)); }

void KafkaStatusStore::stop() { log_.stop(); }

std::shared_ptr<const StatusState> KafkaStatusStore::snapshot() const {
  std::lock_guard lock(mutex_);
  return table_.snapshot();
}

void KafkaStatusStore::put(const StatusSubject &subject, const WorkerStatus &status, Put how) {
  say(subject, {encode_status(status), status, how});
}

void KafkaStatusStore::put_topic(const TopicStatus &status) {
  say(TopicUse{status.topic, status.connector}, {encode_topic_status(status), {}, Put::Plain});
}

void KafkaStatusStore::remove(const StatusSubject &subject) { say(subject, {}); }

bool KafkaStatusStore::is_worth_saying(const StatusSubject &subject, const Said &said) const {
  return said.how == Put::Plain || table_.may_write_safely(subject, *said.status);
}

void KafkaStatusStore::say(const StatusSubject &subject, Said said) {
  {
    std::lock_guard lock(mutex_);
    if (said.status)
      generation_ = said.status->generation;
    if (!is_worth_saying(subject, said))
      return;
    const auto [line, is_free] = lines_.try_emplace(subject);
    if (!is_free) {
      line->second.waiting = std::move(said);
      return;
    }
  }
  send(subject, said);
}

void KafkaStatusStore::send(const StatusSubject &subject, const Said &said) {
  log_.write({{status_key(subject), said.value}},
             [this, subject, said](const Status &status) { sent(subject, said, status); });
}

void KafkaStatusStore::sent(const StatusSubject &subject, const Said &said, const Status &status) {
  if (!status && is_worth_another_try(status.error()))
    return log_.at(std::chrono::steady_clock::now() + kPause,
                   [this, subject, said](const Status &on) {
                     go_on(subject, on ? std::optional(said) : std::nullopt, on);
                   });
  if (!status && status.error().code() != Code::Cancelled)
    kLog.error("Failed to write status update '{}': {}", status_key(subject),
               status.error().message());
  go_on(subject, std::nullopt, status);
}

// With what is to be said next of a subject: something newer, or `again` if that still holds.
void KafkaStatusStore::go_on(const StatusSubject &subject, std::optional<Said> again,
                             const Status &status) {
  const bool cancelled = !status && status.error().code() == Code::Cancelled;
  std::vector<Done> flushed;
  {
    std::lock_guard lock(mutex_);
    const auto line = lines_.find(subject);
    if (line->second.waiting)
      again = std::exchange(line->second.waiting, std::nullopt);
    else if (again && again->status && again->status->generation != generation_)
      again.reset(); // the group has moved on, and others with it
    if (cancelled || (again && !is_worth_saying(subject, *again)))
      again.reset();
    if (!again)
      lines_.erase(line);
    if (lines_.empty())
      flushed.swap(flushes_);
  }
  if (again)
    send(subject, *again);
  for (const Done &done : flushed)
    done(cancelled ? status : Status());
}

void KafkaStatusStore::flush(Done done) {
  {
    std::lock_guard lock(mutex_);
    if (!lines_.empty()) {
      flushes_.push_back(std::move(done));
      return;
    }
  }
  done({});
}

void KafkaStatusStore::on_record(const kafka::LogRecord &record) {
  std::unique_lock lock(mutex_);
  const Status applied = table_.apply(record.key, record.value);
  lock.unlock();
  if (applied)
    return;
  skipped_.fetch_add(1, std::memory_order_relaxed);
  kLog.error("Skipping the record at offset {} of topic '{}', key '{}': {}", record.offset, topic_,
             record.key, applied.error().message());
}

std::uint64_t KafkaStatusStore::skipped_records() const {
  return skipped_.load(std::memory_order_relaxed);
}

std::string KafkaStatusStore::waiting_for() const { return log_.waiting_for(); }

Result<std::unique_ptr<StatusStore>> open_status_store(const StringMap &worker) {
  HOST_ASSIGN(auto settings, topic_log_settings(StoreKind::Statuses, worker));
  return std::make_unique<KafkaStatusStore>(std::move(settings));
}

} // namespace host::storage
