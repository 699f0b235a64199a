#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "host/base/error.h"
#include "host/base/strings.h"
#include "host/data/arena.h"
#include "host/data/cell.h"
#include "host/data/schema_pool.h"

namespace host::data {

enum class ConverterRole : std::uint8_t { Key = 1, Value, Header };
// `key`, `value`, `header`: the prefix of a converter's keys and its converter.type.
std::string_view name_of(ConverterRole role);

// Turns a record's key or value from Kafka's bytes into Connect's data and back (contract 8).
// One per task and role: it keeps caches and scratch memory, so that a warm one allocates nothing
// per record. Used by the task's thread. Errors are Connect's, class, message and causes; they are
// Code::Data and concern one record.
class Converter {
public:
  virtual ~Converter() = default;

  // Sink direction. Null bytes are Kafka's null. What is new goes to the arena, the rest points
  // into `bytes`; both must outlive the datum.
  virtual Result<Datum> to_connect(std::string_view topic, Bytes bytes, Arena &arena) = 0;

  // Source direction. The datum must be well-formed (check_datum). The result lies in `out`, which
  // is cleared first, or is the datum's own memory; null for Kafka's null.
  virtual Result<Bytes> from_connect(std::string_view topic, const Datum &datum,
                                     std::string &out) = 0;

  // The schema of the raw data that to_connect gives for any bytes but null, which it then hands on
  // as they are; from_connect gives raw data of that schema back as it is. A task may so skip both,
  // for raw data of other schemas too: what Connect would refuse or repair then passes, a listed
  // difference. Null if this converter looks at the bytes.
  virtual const Schema *raw_schema() const { return nullptr; }
  bool passes_raw() const { return raw_schema() != nullptr; }
};

// Turns header values from bytes into data and back. Like Converter otherwise.
class HeaderConverter {
public:
  virtual ~HeaderConverter() = default;
  virtual Result<Datum> to_connect(std::string_view topic, std::string_view key, Bytes bytes,
                                   Arena &arena) = 0;
  virtual Result<Bytes> from_connect(std::string_view topic, std::string_view key,
                                     const Datum &datum, std::string &out) = 0;
};

// The converter of a class name or alias (`JsonConverter`, `Json`) with its configuration, prefix
// taken off; converter.type is added. The pool must outlive it. Errors: a class that is not built
// in, a wrong configuration.
Result<std::unique_ptr<Converter>> make_converter(std::string_view class_or_alias,
                                                  const StringMap &config, ConverterRole role,
                                                  SchemaPool &pool);
Result<std::unique_ptr<HeaderConverter>>
make_header_converter(std::string_view class_or_alias, const StringMap &config, SchemaPool &pool);

// The converters of one task, with the class names that error reports show. Belongs to its thread.
struct ConverterSet {
  std::unique_ptr<Converter> key;
  std::unique_ptr<Converter> value;
  std::unique_ptr<HeaderConverter> header;
  std::string key_class;
  std::string value_class;
  std::string header_class;
};

} // namespace host::data
