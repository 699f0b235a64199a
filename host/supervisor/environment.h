#pragma once

#include <string>
#include <vector>

namespace host::supervisor {

// The part of `environment` (NAME=value lines, null-terminated) that runners may see: what the C
// library, TLS and the dynamic linker need, and the names in `extra`. Nothing else, because hosts
// are commonly given passwords in their environment.
std::vector<std::string> allowed_environment(const char *const *environment,
                                             const std::vector<std::string> &extra);

} // namespace host::supervisor
