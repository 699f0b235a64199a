#pragma once

#include <filesystem>
#include <string>

#include "host/base/error.h"

namespace host::config {

// Largest file that a config provider reads.
inline constexpr std::size_t kMaxProvidedBytes = std::size_t{4} << 20;

// The bytes of a regular file. Never waits: a pipe or a device is an error, not a hung worker.
Result<std::string> read_small_file(const std::filesystem::path &path);

} // namespace host::config
