#pragma once

#include <limits>
#include <string_view>

#include "host/base/error.h"
#include "host/base/ids.h"
#include "host/base/java_text.h"

namespace host::storage {

// `<connector>-<n>`, as it ends the keys of tasks in the config and status topics.
inline Result<TaskId> parse_task(std::string_view text) {
  const auto dash = text.rfind('-');
  if (dash != std::string_view::npos)
    if (const auto number = java::parse_integer(text.substr(dash + 1));
        number && *number >= 0 && *number <= std::numeric_limits<std::int32_t>::max())
      return TaskId{std::string(text.substr(0, dash)), static_cast<std::int32_t>(*number)};
  return fail(Code::Data, "its key does not end in a connector's name, a dash and a number");
}

} // namespace host::storage
