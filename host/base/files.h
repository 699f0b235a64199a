#pragma once

#include <string>

#include "host/base/error.h"

namespace host {

// All bytes of a file or pipe; blocks while they come. The error is the system's word alone:
// callers say which file it was.
Result<std::string> read_file(const std::string &path);

} // namespace host
