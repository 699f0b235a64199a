#pragma once

#include <cstdint>
#include <optional>

#include "host/metrics/exposition.h"

namespace host::metrics {

// Resident memory of a process; nothing if it is gone.
std::optional<std::uint64_t> resident_bytes(std::int64_t pid);

// This process under the names that every Prometheus client uses: memory, CPU, descriptors, start.
void add_process_figures(Exposition &out);

} // namespace host::metrics
