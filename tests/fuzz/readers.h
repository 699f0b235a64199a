#pragma once

#include <memory>
#include <string>
#include <vector>

#include "host/data/converter.h"
#include "host/data/json_schema.h"
#include "host/data/objects.h"
#include "host/data/tape.h"
#include "host/data/value_text.h"
#include "host/data/values.h"
#include "tests/fuzz/fuzz.h"

namespace fuzz {

// Everything that reads a value: whatever check_datum accepts must be safe for all of it.
class Readers {
public:
  explicit Readers(host::data::SchemaPool &pool) {
    using host::data::ConverterRole;
    const auto add = [&](const char *name, const host::StringMap &config) {
      converters_.push_back(
          host::data::make_converter(name, config, ConverterRole::Value, pool).value());
    };
    add("Json", {});
    add("Json", {{"schemas.enable", "false"}, {"decimal.format", "NUMERIC"}});
    add("Json", {{"schemas.enable", "false"}, {"replace.null.with.default", "false"}});
    add("String", {});
    add("String", {{"converter.encoding", "UTF-16"}});
    for (const char *name : {"ByteArray", "Boolean", "Short", "Integer", "Long", "Float", "Double"})
      add(name, {});
    header_ = host::data::make_header_converter("Simple", {}, pool).value();
  }

  void read(const host::data::Datum &datum, host::data::Arena &arena) {
    for (const auto &converter : converters_)
      static_cast<void>(converter->from_connect("t", datum, out_));
    static_cast<void>(header_->from_connect("t", "h", datum, out_));
    out_.clear();
    host::data::append_java_text(out_, datum);
    const host::data::Datum copy = host::data::copy_datum(datum, arena);
    host::data::Datum plain = copy;
    if (host::data::to_plugin(plain, arena))
      require(host::data::check_datum(plain).has_value(), "a plugin's form is well-formed");
  }

private:
  std::vector<std::unique_ptr<host::data::Converter>> converters_;
  std::unique_ptr<host::data::HeaderConverter> header_;
  std::string out_;
};

} // namespace fuzz
