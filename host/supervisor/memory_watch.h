#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "host/base/clock.h"
#include "host/base/fd.h"

namespace host::supervisor {

// Watches the resident memory of one runner. One look costs a microsecond; it is taken every 250 ms
// while memory grows or is above half of the cap, and else more and more rarely, down to once in
// four seconds, so that hundreds of idle runners cost next to nothing. What grows faster than that
// meets RLIMIT_DATA, which needs no watching. On the supervisor's thread.
class MemoryWatch {
public:
  static constexpr Duration kOften{250};
  static constexpr Duration kRarely{4000};

  MemoryWatch(pid_t pid, std::int64_t max_bytes);

  // Resident bytes if it was time to look and the process still has memory.
  std::optional<std::int64_t> look(TimePoint now);
  std::int64_t max_bytes() const { return max_bytes_; }

  // Room for `threads` stacks beside the cap: RLIMIT_DATA counts them.
  static std::int64_t data_limit(std::int64_t max_bytes, std::int32_t threads);
  // Gives the process room for the tasks that it is going to run.
  void allow_threads(std::int32_t threads);

private:
  // How long until the next look, after one that saw `resident` bytes.
  Duration interval_after(std::int64_t resident);

  pid_t pid_;
  std::int64_t max_bytes_;
  UniqueFd statm_;
  TimePoint next_;
  Duration interval_ = kOften;
  std::int64_t last_resident_ = 0;
};

// What a runner may have before it runs any task, and what each task adds: its loop and the threads
// of its Kafka clients.
inline constexpr std::int32_t kBaseThreads = 16;
inline constexpr std::int32_t kThreadsPerTask = 8;

} // namespace host::supervisor
