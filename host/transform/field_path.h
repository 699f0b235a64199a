#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"

namespace host::transform {

// How `field.syntax.version` has paths read (KIP-821): V1 takes the text as one name, V2 splits it
// at dots, except between backticks.
enum class PathSyntax : std::uint8_t { V1 = 1, V2 };

// The steps of a path; none for an empty path under V2. Error: a backtick without its end.
Result<std::vector<std::string>> parse_path(std::string_view path, PathSyntax syntax);

} // namespace host::transform
