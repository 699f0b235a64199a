#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/base/error.h"
#include "host/plugin/descriptor.h"
#include "host/runtime/converters.h"
#include "host/runtime/errant_records.h"
#include "host/runtime/error_reports.h"
#include "host/runtime/offset_holds.h"
#include "host/runtime/signals.h"
#include "host/runtime/sink_batch.h"
#include "host/runtime/sink_partitions.h"
#include "host/runtime/sink_transforms.h"

namespace host::runtime {

// What happens to records that fail on their way into a put. All of it is the task's.
struct SinkErrors {
  std::shared_ptr<ErrorReports> reports;
  std::shared_ptr<OffsetHolds> holds;
  Signals &signals;
  const Clock &clock;
  metrics::TaskSlot &slot;
};

// Turns Kafka's messages into the records of a put: converters, then transforms. Where a converter
// hands bytes on and nothing is transformed, they are not looked at and not copied. Belongs to one
// task's thread.
class SinkConversion {
public:
  // Config error when the connector cannot take what the converters make.
  static Result<SinkConversion> make(TaskConverters converters, transform::Chain chain,
                                     const plugin::Descriptor &connector, SinkErrors errors);

  // Moves the messages into the batch and fills it. Notes in `partitions` how far each gets; what
  // belongs to none of them is left out, and so are records that fail and are let pass. Ends early
  // when the task is to stop. An error is the task's failure. What is not in the batch then has
  // been counted.
  Status fill(kafka::MessageBatch messages, SinkPartitions &partitions, SinkBatch &batch);

private:
  SinkConversion(TaskConverters converters, transform::Chain chain,
                 const plugin::Descriptor &connector, SinkErrors errors);

  // The partition that the records at hand belong to, and what is known of it.
  struct Run {
    const char *topic = nullptr;
    std::int32_t number = -1;
    SinkPartition *partition = nullptr; // null: not ours any more
    std::uint32_t topic_index = 0;
    std::int64_t next_offset = -1;
  };
  void begin_run(Run &run, const kafka::InRecord &record, SinkPartitions &partitions,
                 SinkBatch &batch);
  static void end_run(const Run &run, SinkPartitions &partitions);
  static std::uint32_t topic_index(std::string_view topic, SinkBatch &batch);

  enum class Made : std::uint8_t {
    Record = 1,
    LeftOut, // dropped by a transform, or failed and let pass
    Ended,   // the rest of the messages is not for this batch: see end_
  };
  Made make_record(const kafka::InRecord &from, std::size_t index, SinkBatch &batch,
                   sluice_sink_record &to);
  transform::Outcome settle(std::size_t first_header, SinkBatch &batch, sluice_sink_record &to);
  transform::Outcome attempt(const kafka::InRecord &from, std::size_t index, SinkBatch &batch,
                             sluice_sink_record &to);
  Made made(transform::Outcome outcome);
  // Tries again if that may help, else reports.
  Made failed(const kafka::InRecord &from, std::size_t index, SinkBatch &batch,
              sluice_sink_record &to);
  Made report(std::size_t index, const SinkBatch &batch);
  std::string_view failed_class() const;

  // Each is false when the record failed: see stage_ and error_.
  bool convert(const kafka::InRecord &from, std::size_t index, SinkBatch &batch,
               sluice_sink_record &to);
  bool convert_one(data::Converter &converter, const data::Schema *raw_schema,
                   std::string_view topic, const kafka::Slice &from, data::Arena &arena,
                   sluice_datum &to);
  bool convert_headers(std::string_view topic, SinkBatch &batch, sluice_sink_record &to);

  TaskConverters converters_;
  SinkTransforms transforms_;
  std::string_view failed_transform_;
  SinkErrors errors_;
  const data::Schema *key_raw_;
  const data::Schema *value_raw_;
  bool cells_only_;
  bool passes_; // key and value are handed on as they are
  std::vector<kafka::Header> headers_;
  ErrorStage stage_ = ErrorStage::KeyConverter;
  std::optional<Error> error_;
  Status end_;             // why the batch has Ended
  std::size_t unmade_ = 0; // of its messages, those that nothing has become of
};

} // namespace host::runtime
