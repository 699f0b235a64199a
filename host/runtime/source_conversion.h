#pragma once

#include <string>
#include <vector>

#include <sluice/abi/source.h>

#include "host/base/error.h"
#include "host/kafka/record.h"
#include "host/runtime/converters.h"
#include "host/runtime/dead_letters.h"
#include "host/runtime/error_policy.h"

namespace host::runtime {

// Turns a plugin's record into the bytes that go to Kafka: headers, then key, then value, as
// Connect does. Data that is bytes already is passed on where it lies, without a look at it.
// Belongs to one task's thread; what it gives is good until the next record.
class SourceConversion {
public:
  // The pool outlives it.
  SourceConversion(TaskConverters converters, data::SchemaPool &schemas);

  struct Failure {
    ErrorStage stage;
    std::string_view class_name;
    Error error;
  };

  // Fills key, value, headers and copy_value of `out`. False: see failure().
  bool convert(const sluice_source_record &record, kafka::OutRecord &out) {
    if (key_passes_ && value_passes_ && record.n_headers == 0 && record.key.n_cells == 0 &&
        record.value.n_cells == 0) [[likely]] {
      out.key = slice(record.key.raw);
      out.value = slice(record.value.raw);
      out.copy_value = out.value.size < kZeroCopyBytes;
      return true;
    }
    return convert_all(record, out);
  }
  Failure take_failure() { return std::move(*failure_); }
  // Key, value and headers of a dead letter: as the converters make them; bytes that a converter
  // refuses as they are, structured data that it refuses as JSON with its schema; nothing for what
  // is no data at all. Good until the next record.
  void write_letter(const sluice_source_record &record, Letter &letter);

  // From this size on the library reads the plugin's memory instead of copying it.
  static constexpr std::size_t kZeroCopyBytes = 4096;

private:
  static kafka::Slice slice(sluice_bytes bytes) { return {bytes.ptr, bytes.len}; }
  bool convert_all(const sluice_source_record &record, kafka::OutRecord &out);
  bool convert_headers(std::string_view topic, const sluice_source_record &record,
                       kafka::OutRecord &out);
  bool convert_one(data::Converter &converter, bool passes, std::string_view topic,
                   const sluice_datum &datum, std::string &scratch, kafka::Slice &out);
  bool fail(ErrorStage stage, const std::string &class_name, Error error);
  kafka::Slice letter_part(data::Converter &converter, std::string_view topic,
                           const sluice_datum &datum, std::string &scratch);

  TaskConverters converters_;
  const bool key_passes_;
  const bool value_passes_;
  std::string key_scratch_;
  std::string value_scratch_;
  std::vector<std::string> header_scratch_;
  std::vector<kafka::Header> headers_;
  std::unique_ptr<data::Converter> fallback_; // JSON, made for the first dead letter that needs it
  data::SchemaPool *schemas_;
  Error error_{Code::Data, ""};
  std::optional<Failure> failure_;
};

} // namespace host::runtime
