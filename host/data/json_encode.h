#pragma once

#include <optional>
#include <string>

#include "host/base/error.h"
#include "host/data/json_schema.h"
#include "host/json/text_buffer.h"

namespace host::data {

// Writes values as JSON text straight from the tape (contract 8.2). Keeps its memory from value to
// value. One thread.
class JsonEncoder {
public:
  explicit JsonEncoder(const JsonOptions &options) : options_(options) {}

  // Appends the value; on an error `out` is as it was. The datum must be well-formed.
  // `depth`: how many containers are open around it.
  Status append(std::string &out, const Datum &datum, std::size_t depth = 0);

private:
  // Each appends one value and returns the cell behind it, or null with error_ set.
  const Cell *value(const Cell *cell, const Schema *schema);
  const Cell *null_value(const Schema *schema);
  const Cell *scalar(const Cell *cell, Type type, const Schema *schema);
  const Cell *array(const Cell *cell, const Schema *schema);
  const Cell *map(const Cell *cell, const Schema *schema);
  const Cell *object(const Cell *cell, const Schema *schema);
  const Cell *pairs(const Cell *cell, const Schema *schema);
  const Cell *structure(const Cell *cell, const Schema *schema);
  const Cell *logical(const Cell *cell, const Schema &schema);
  bool decimal(const Cell &cell, const Schema &schema);
  void base64(std::string_view bytes);
  bool raw(const Datum &datum);
  bool map_key(const Cell &cell);

  const Cell *refuse(std::string message);
  const Cell *mismatch(const Cell &cell, const Schema *schema);
  const Cell *too_deep();

  JsonOptions options_;
  json::TextBuffer out_;
  std::string scratch_;
  std::size_t depth_ = 0;
  std::optional<Error> error_;
};

} // namespace host::data
