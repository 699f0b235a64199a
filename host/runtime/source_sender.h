#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "host/kafka/producer.h"
#include "host/runtime/error_reports.h"
#include "host/runtime/flight.h"
#include "host/runtime/ledger.h"
#include "host/runtime/producer_pool.h"
#include "host/runtime/signals.h"
#include "host/runtime/source_conversion.h"
#include "host/runtime/source_partitions.h"
#include "host/runtime/source_transforms.h"

namespace host::runtime {

// Gives the records of a source task to its producer: transforms, conversion, topic, room in the
// task's byte budget, ledger. Once warm a record costs no allocation, no lock and no virtual call
// where bytes pass through. Belongs to the task's thread.
class SourceSender {
public:
  // What the session does for the sender.
  struct Duties {
    // The producer, made when the first record needs it.
    std::function<Result<std::shared_ptr<SharedProducer>>()> producer;
    // Before the first record to a topic.
    std::function<Status(const std::string &topic)> prepare_topic;
    // While records wait for room: deliveries, commits. Whether sending must end.
    std::function<bool()> interrupted;
  };
  struct Errors {
    std::shared_ptr<ErrorReports> reports;
    Signals &signals;
    const Clock &clock;
  };

  SourceSender(transform::Chain chain, SourceConversion conversion, Errors errors, Ledger &ledger,
               const SourcePartitions &partitions, std::int64_t budget_bytes, Duties duties);

  enum class Sent : std::uint8_t {
    All = 1,
    Interrupted,  // by the session; the rest of the batch was not sent
    ProducerLost, // the producer is beyond repair
    LeftOut,      // one record, which is done with
    Failed,       // see error()
  };
  // Sends all records of a flight that has begun, and ends its filling in any case.
  Sent send(Flight &flight, DeliveryPort &port);
  Error take_error() { return std::move(*error_); }
  // A record that Kafka refused after it was sent. An error: the task's failure.
  Status delivery_failed(const DeliveryFailure &failure);

  std::uint64_t produced_records() const { return produced_records_; }
  std::uint64_t produced_bytes() const { return produced_bytes_; }
  std::uint64_t filtered_records() const { return filtered_records_; }

  // Topics that were sent to for the first time since renew_topics(), each once.
  std::vector<std::string> take_new_topics() { return std::exchange(new_topics_, {}); }
  void renew_topics() { ++topic_round_; }

private:
  struct TopicEntry {
    std::string name;
    kafka::Topic topic;
    std::uint64_t round = 0; // of topic_round_, when it was taken for new
  };

  Sent send_record(Flight &flight, std::uint32_t index);
  Sent produce(const kafka::OutRecord &out, Flight &flight, std::uint32_t index);
  Sent wait_for_room(std::uint64_t cost, bool queue_full);
  bool has_room(std::uint64_t cost) const;
  std::uint64_t in_flight() const; // of the budget
  TopicEntry *topic_of(sluice_str name, const sluice_source_record &record);
  TopicEntry *new_topic(std::string_view name, const sluice_source_record &record);
  // Transforms and converts; `record` becomes what the transforms made of it.
  transform::Outcome attempt(const sluice_source_record *&record, kafka::OutRecord &out);
  // After an attempt that did not pass. Sent::All: another one did.
  Sent not_passed(transform::Outcome outcome, Flight &flight, std::uint32_t index,
                  const sluice_source_record *&record, kafka::OutRecord &out);
  // Reports a record of a flight; `early`: the flight is still being filled.
  Status report(Flight &flight, std::uint32_t index, const RecordFailure &failure, bool early);
  void write_letter(const sluice_source_record &record, Letter &letter);
  Sent refuse(kafka::ProduceResult result, const kafka::OutRecord &out, Flight &flight,
              std::uint32_t index);
  Sent fail(Error error);

  SourceTransforms transforms_;
  SourceConversion conversion_;
  std::optional<SourceConversion::Failure> failure_;
  const Errors errors_;
  Ledger &ledger_;
  const SourcePartitions &partitions_;
  const std::uint64_t budget_;
  const Duties duties_;
  std::shared_ptr<SharedProducer> producer_;
  DeliveryPort *port_ = nullptr;
  std::unordered_map<std::string_view, std::unique_ptr<TopicEntry>> topics_;
  TopicEntry *last_topic_ = nullptr;
  sluice_str last_name_; // of last_topic_, as the plugin's batch has it
  std::vector<std::string> new_topics_;
  std::uint64_t topic_round_ = 1;
  std::uint64_t produced_records_ = 0;
  std::uint64_t produced_bytes_ = 0;
  std::uint64_t filtered_records_ = 0;
  // Room when the port was last read: less than what there is, so that it need not be read for
  // every record.
  std::uint64_t room_ = 0;
  std::optional<Error> error_;
};

} // namespace host::runtime
