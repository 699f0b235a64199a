#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/base/error.h"
#include "host/plugin/descriptor.h"
#include "host/runtime/converters.h"
#include "host/runtime/error_policy.h"
#include "host/runtime/sink_batch.h"
#include "host/runtime/sink_partitions.h"

namespace host::runtime {

// Turns Kafka's messages into the records of a put. Where a converter hands bytes on, they are not
// looked at and not copied. Belongs to one task's thread.
class SinkConversion {
public:
  // Config error when the connector cannot take what the converters make.
  static Result<SinkConversion> make(TaskConverters converters, const plugin::Descriptor &connector,
                                     const ErrorPolicy &policy);

  // Moves the messages into the batch and fills it. Notes in `partitions` how far each gets; what
  // belongs to none of them is left out. A record that fails and is let pass is left out too.
  // An error is the task's failure.
  Status fill(kafka::MessageBatch messages, SinkPartitions &partitions, SinkBatch &batch);

  // Records that were let pass since the start.
  std::uint64_t skipped() const { return skipped_; }

private:
  SinkConversion(TaskConverters converters, const plugin::Descriptor &connector,
                 const ErrorPolicy &policy);

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

  // Each is false when the record failed: see stage_ and error_.
  bool convert(const kafka::InRecord &from, std::size_t index, SinkBatch &batch,
               sluice_sink_record &to);
  bool convert_one(data::Converter &converter, const data::Schema *raw_schema,
                   std::string_view topic, const kafka::Slice &from, data::Arena &arena,
                   sluice_datum &to);
  bool convert_headers(std::string_view topic, SinkBatch &batch, sluice_sink_record &to);
  Status tolerate(const kafka::InRecord &record);

  TaskConverters converters_;
  const ErrorPolicy *policy_;
  const data::Schema *key_raw_;
  const data::Schema *value_raw_;
  bool cells_only_;
  bool passes_; // key and value are handed on as they are
  std::vector<kafka::Header> headers_;
  ErrorStage stage_ = ErrorStage::KeyConverter;
  std::optional<Error> error_;
  std::uint64_t skipped_ = 0;
};

} // namespace host::runtime
