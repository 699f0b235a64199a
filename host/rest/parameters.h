#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace host::rest {

// A task's number in a path, as Java reads an int; nothing if it is none.
std::optional<std::int32_t> task_number(std::string_view text);

} // namespace host::rest
