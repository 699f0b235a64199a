#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "host/metrics/task_slot.h"

// The memory that a runner and its host share: how far each task loop is and what it is doing. The
// runner writes with relaxed stores, the host reads, also after the runner's death, and treats
// every value as foreign. No frame and no system call is spent on liveness.
namespace host::link {

using metrics::Callback;
using metrics::Stage;
using metrics::TaskSlot;

struct SharedPage {
  static constexpr std::uint32_t kMagic = 0x4c534c43;
  static constexpr std::uint32_t kVersion = 1;
  // Slot 0 is the control thread (load, connector object, validate); tasks use 1 and up.
  static constexpr std::uint32_t kControlSlot = 0;
  // The page is a sparse memfd: slots that no task used cost nothing.
  static constexpr std::uint32_t kSlots = 4096;

  std::uint32_t magic;
  std::uint32_t version;
  std::atomic<std::uint64_t> log_lines_dropped;
  TaskSlot slots[kSlots];
};

} // namespace host::link
