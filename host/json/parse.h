#pragma once

#include <string_view>

#include "host/base/error.h"
#include "host/json/fault.h"
#include "host/json/scanner.h"
#include "host/json/value.h"

namespace host::json {

enum class Trailing : std::uint8_t {
  Refuse = 1, // only white space may follow the value: REST, link frames, files
  Ignore,     // Jackson's way of reading one value from a stream
};

// Reads one JSON text of any depth up to 1,000 into a tree. The error's class and message are
// Jackson's; `fault` takes the same in parts where a caller words it itself. Foreign bytes: never
// crashes, never recurses, memory is linear in the text.
Result<Value> parse(std::string_view text, Trailing trailing = Trailing::Refuse,
                    Fault *fault = nullptr, Dialect dialect = {});

} // namespace host::json
