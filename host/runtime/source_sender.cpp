#include "host/runtime/source_sender.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "host/runtime/record_text.h"
#include "host/runtime/retry_policy.h"
#include "host/runtime/source_record_text.h"

namespace host::runtime {
namespace {

// What a record costs besides its bytes: the plugin's, ours and the library's records of it. Small
// records would take many times the budget without it.
constexpr std::uint64_t kRecordOverhead = 256;

// How long a wait for room lasts before other duties are seen to.
constexpr Duration kDutyInterval{100};

// What Connect names as the code that failed, and what it says.
constexpr std::string_view kSourceTask = "org.apache.kafka.connect.runtime.WorkerSourceTask";
constexpr const char *kSendFailed = "Unrecoverable exception from producer send callback";

// Like no name that a record can have, not even an absent one.
constexpr sluice_str kNoName{nullptr, SIZE_MAX};

} // namespace

SourceSender::SourceSender(transform::Chain chain, SourceConversion conversion, Errors errors,
                           Ledger &ledger, const SourcePartitions &partitions,
                           std::int64_t budget_bytes, Duties duties)
    : transforms_(std::move(chain), partitions), conversion_(std::move(conversion)),
      errors_(std::move(errors)), ledger_(ledger), partitions_(partitions),
      budget_(static_cast<std::uint64_t>(budget_bytes)), duties_(std::move(duties)) {}

SourceSender::Sent SourceSender::send(Flight &flight, DeliveryPort &port) {
  port_ = &port;
  transforms_.begin_flight();
  last_name_ = kNoName; // an address tells a name only as long as its batch lives
  if (producer_ == nullptr) {
    auto producer = duties_.producer();
    if (!producer) {
      flight.filled(0);
      return fail(std::move(producer).error());
    }
    producer_ = *std::move(producer);
  }
  for (std::uint32_t i = 0; i < flight.size(); ++i)
    if (const Sent sent = send_record(flight, i); sent != Sent::All) [[unlikely]] {
      if (sent == Sent::LeftOut)
        continue;
      flight.filled(i);
      return sent;
    }
  flight.filled(flight.size());
  return Sent::All;
}

SourceSender::Sent SourceSender::send_record(Flight &flight, std::uint32_t index) {
  const sluice_source_record *record = &flight.batch()[index];
  if (record->source_partition != 0) {
    if (record->source_partition > partitions_.last()) [[unlikely]]
      return fail(
          Error(Code::Fatal, fmt::format("plugin misbehaving: a record for topic '{}' has "
                                         "source partition {}, which was not interned",
                                         std::string_view(record->topic.ptr, record->topic.len),
                                         record->source_partition)));
    ledger_.add(flight, index, record->source_partition, record->source_offset.ptr != nullptr);
  }
  kafka::OutRecord out;
  if (const auto outcome = attempt(record, out); outcome != transform::Outcome::Passed) [[unlikely]]
    if (const Sent sent = not_passed(outcome, flight, index, record, out); sent != Sent::All)
      return sent;
  const TopicEntry *topic = topic_of(record->topic, *record);
  if (topic == nullptr) [[unlikely]]
    return Sent::Failed;
  out.topic = topic->topic;
  out.partition = record->partition;
  out.timestamp_ms = record->timestamp_ms;
  out.opaque = &flight.entry(index);
  const std::uint64_t bytes = out.key.size + out.value.size;
  const std::uint64_t cost = bytes + kRecordOverhead;
  if (cost > room_) [[unlikely]]
    if (const Sent sent = wait_for_room(cost, false); sent != Sent::All)
      return sent;
  if (const Sent sent = produce(out, flight, index); sent != Sent::All) [[unlikely]]
    return sent;
  room_ -= std::min(room_, cost);
  produced_bytes_ += bytes;
  ++produced_records_;
  return Sent::All;
}

transform::Outcome SourceSender::attempt(const sluice_source_record *&record,
                                         kafka::OutRecord &out) {
  const sluice_source_record *const given = record;
  if (!transforms_.empty()) [[unlikely]] {
    const transform::Outcome outcome = transforms_.apply(*record);
    if (outcome == transform::Outcome::Failed)
      failure_ = transforms_.take_failure();
    if (outcome != transform::Outcome::Passed)
      return outcome;
    record = &transforms_.result();
  }
  if (!conversion_.convert(*record, out)) [[unlikely]] {
    failure_ = conversion_.take_failure();
    return transform::Outcome::Failed;
  }
  // Only the plugin's own bytes stay until their delivery; what transforms made goes before.
  if (record != given)
    out.copy_value |= out.value.data != given->value.raw.ptr;
  return transform::Outcome::Passed;
}

SourceSender::Sent SourceSender::produce(const kafka::OutRecord &out, Flight &flight,
                                         std::uint32_t index) {
  for (;;) {
    const kafka::ProduceResult result = producer_->producer().produce(out);
    if (result.outcome == kafka::Produced::Queued) [[likely]]
      return Sent::All;
    if (result.outcome != kafka::Produced::QueueFull)
      return refuse(result, out, flight, index);
    if (const Sent sent = wait_for_room(0, true); sent != Sent::All)
      return sent;
  }
}

std::uint64_t SourceSender::in_flight() const {
  return produced_bytes_ - port_->bytes() +
         (produced_records_ - port_->records()) * kRecordOverhead;
}

bool SourceSender::has_room(std::uint64_t cost) const {
  const std::uint64_t taken = in_flight();
  return taken == 0 || taken + cost <= budget_;
}

// With `queue_full` the library's own queue has no room, whose share this task has not used up:
// then any delivery may help.
SourceSender::Sent SourceSender::wait_for_room(std::uint64_t cost, bool queue_full) {
  const std::uint64_t returned = port_->records();
  const auto ready = [&] {
    return port_->has_failed() || (queue_full ? port_->records() != returned : has_room(cost));
  };
  bool is_ready = !queue_full && ready();
  while (!is_ready) {
    is_ready = producer_->wait(ready, std::chrono::steady_clock::now() + kDutyInterval);
    if (duties_.interrupted())
      return Sent::Interrupted;
    // The queue may be full of other tasks' records: try again without one of ours.
    is_ready |= queue_full;
  }
  const std::uint64_t taken = in_flight();
  room_ = taken < budget_ ? budget_ - taken : 0;
  return Sent::All;
}

SourceSender::TopicEntry *SourceSender::topic_of(sluice_str name,
                                                 const sluice_source_record &record) {
  if (name.ptr == last_name_.ptr && name.len == last_name_.len) [[likely]]
    return last_topic_;
  const std::string_view text(name.ptr, name.len);
  if (last_topic_ == nullptr || last_topic_->name != text) {
    const auto known = topics_.find(text);
    last_topic_ = known != topics_.end() ? known->second.get() : new_topic(text, record);
  }
  last_name_ = last_topic_ != nullptr ? name : kNoName;
  if (last_topic_ != nullptr && std::exchange(last_topic_->round, topic_round_) != topic_round_)
    new_topics_.push_back(last_topic_->name);
  return last_topic_;
}

SourceSender::TopicEntry *SourceSender::new_topic(std::string_view name,
                                                  const sluice_source_record &record) {
  if (name.empty()) {
    fail(Error(Code::Fatal,
               "plugin misbehaving: a record has no topic: " + describe(record, partitions_)));
    return nullptr;
  }
  auto entry = std::make_unique<TopicEntry>();
  entry->name = name;
  if (Status prepared = duties_.prepare_topic(entry->name); !prepared) {
    fail(std::move(prepared).error());
    return nullptr;
  }
  auto topic = producer_->producer().topic(name);
  if (!topic) {
    fail(std::move(topic).error().context("topic '" + entry->name + "'"));
    return nullptr;
  }
  entry->topic = *topic;
  TopicEntry *result = entry.get();
  topics_.emplace(entry->name, std::move(entry));
  return result;
}

// A record that failed is tried again if that may help, else reported.
SourceSender::Sent SourceSender::not_passed(transform::Outcome outcome, Flight &flight,
                                            std::uint32_t index,
                                            const sluice_source_record *&record,
                                            kafka::OutRecord &out) {
  std::optional<Retries> retries;
  while (outcome == transform::Outcome::Failed) {
    const SourceConversion::Failure failure = *std::exchange(failure_, std::nullopt);
    auto next = Retries::Next::GiveUp;
    if (failure.error.retriable()) {
      if (!retries)
        retries.emplace(errors_.reports->policy().retry, errors_.signals, errors_.clock);
      next = retries->wait();
    }
    errors_.reports->failed_try(next == Retries::Next::Again);
    if (next == Retries::Next::Stopped)
      return Sent::Interrupted; // it will be read again: a stop is no failure of the record
    if (next == Retries::Next::GiveUp) {
      Status passed =
          report(flight, index, {failure.stage, failure.class_name, failure.error}, true);
      return passed ? Sent::LeftOut : fail(std::move(passed).error());
    }
    record = &flight.batch()[index];
    outcome = attempt(record, out);
  }
  if (outcome == transform::Outcome::Passed)
    return Sent::All;
  flight.settle_here(index, SLUICE_FILTERED);
  ++filtered_records_;
  return Sent::LeftOut;
}

Status SourceSender::report(Flight &flight, std::uint32_t index, const RecordFailure &failure,
                            bool early) {
  const sluice_source_record &record = flight.batch()[index];
  // Where the task is to fail, its flight ends with this record.
  const bool goes_on = errors_.reports->policy().tolerates_all;
  const auto outcome = errors_.reports->report(
      failure, {[&] { return "source record is = " + java_text(record, partitions_); },
                [&](Letter &letter) { write_letter(record, letter); },
                [&flight, index, goes_on](bool stored) {
                  if (goes_on)
                    flight.settle_late(index, stored);
                }});
  if (!outcome) {
    if (!early)
      flight.settle_late(index, false);
    return host::fail(outcome.error());
  }
  if (*outcome == ErrorReports::Outcome::Skipped) {
    if (early)
      flight.settle_here(index, SLUICE_SKIPPED);
    else
      flight.settle_late(index, true);
  }
  return {};
}

// The record as the connector gave it, in the bytes of the connector's converters where they can.
void SourceSender::write_letter(const sluice_source_record &record, Letter &letter) {
  conversion_.write_letter(record, letter);
  letter.may_cut = true;
  letter.timestamp_ms = record.timestamp_ms;
  letter.origin.topic = {record.topic.ptr, record.topic.len};
  if (record.partition >= 0)
    letter.origin.partition = record.partition;
  if (partitions_.known(record.source_partition))
    letter.origin.source_partition = partitions_.key(record.source_partition);
  if (record.source_offset.ptr != nullptr)
    letter.origin.source_offset = {record.source_offset.ptr, record.source_offset.len};
}

SourceSender::Sent SourceSender::refuse(kafka::ProduceResult result, const kafka::OutRecord &out,
                                        Flight &flight, std::uint32_t index) {
  if (result.outcome == kafka::Produced::Fatal)
    return Sent::ProducerLost;
  const sluice_source_record &record = flight.batch()[index];
  std::size_t bytes = out.key.size + out.value.size;
  for (const kafka::Header &header : out.headers)
    bytes += header.name.size() + header.value.size;
  Error cause =
      result.outcome == kafka::Produced::TooLarge
          ? Error(Code::Data, "org.apache.kafka.common.errors.RecordTooLargeException",
                  fmt::format("The message is {} bytes when serialized, which is larger than {}, "
                              "the value of the max.request.size configuration; {}",
                              bytes, producer_->producer().max_request_bytes(),
                              describe(record, partitions_)))
          : kafka::error_of(result.code, describe(record, partitions_));
  errors_.reports->failed_try(false);
  if (!errors_.reports->policy().tolerates_all)
    return fail(std::move(cause).wrap(Code::Fatal, exception::kConnect, kSendFailed));
  Status passed = report(flight, index, {ErrorStage::KafkaProduce, kSourceTask, cause}, true);
  return passed ? Sent::LeftOut : fail(std::move(passed).error());
}

Status SourceSender::delivery_failed(const DeliveryFailure &failure) {
  const sluice_source_record &record = failure.flight->batch()[failure.index];
  const Error cause = kafka::error_of(failure.error, describe(record, partitions_));
  errors_.reports->failed_try(false);
  return report(*failure.flight, failure.index, {ErrorStage::KafkaProduce, kSourceTask, cause},
                false);
}

SourceSender::Sent SourceSender::fail(Error error) {
  error_ = std::move(error);
  return Sent::Failed;
}

} // namespace host::runtime
