#pragma once

#include <string>
#include <string_view>

#include "host/base/error.h"
#include "host/data/schema_pool.h"
#include "host/json/value.h"

namespace host::data {

struct JsonOptions {
  bool numeric_decimals = false;         // decimal.format=NUMERIC
  bool replace_null_with_default = true; // replace.null.with.default
};

// Connect schemas as the JSON of the envelope (contract 8.2).
// A schema's text as Connect writes it; `null` for none.
Status append_json_schema(std::string &out, const Schema *schema, const JsonOptions &options);

// The schema that a JSON text describes; null for the text `null`. Cold: callers cache by text.
Result<const Schema *> parse_json_schema(const json::Value &value, SchemaPool &pool,
                                         const JsonOptions &options);

} // namespace host::data
