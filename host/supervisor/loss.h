#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/clock.h"
#include "host/link/messages.h"
#include "host/link/shared_page.h"
#include "host/supervisor/process_exit.h"

namespace host::supervisor {

// Why a runner is lost. All but Ended were decided by the host, which then killed the process.
enum class LossReason : std::uint8_t {
  Ended = 1,  // it exited or was killed from outside
  Memory,     // above runner.memory.max
  Stall,      // a callback longer than task.stall.timeout.ms
  NoHello,    // nothing heard after its start
  NoAnswer,   // a request was not answered
  NotStopped, // asked to stop, still there after the deadline
  Link,       // it closed its link or spoke nonsense over it
  NotStarted, // there never was a process
};

// A callback that was entered when the process was lost.
struct Occupation {
  link::Callback callback = link::Callback::None;
  std::int32_t task = link::kConnectorItself;
  std::int64_t since_ms = 0; // CLOCK_BOOTTIME

  // `put (task 0)`, `start (connector)`, `load`.
  std::string text() const;
};

// What is known of one loss; made by the runner's owner, told as a trace.
struct Loss {
  // Of a runner that is not needed any more.
  static Loss none() {
    Loss loss;
    loss.expected = true;
    return loss;
  }

  LossReason reason = LossReason::Ended;
  bool expected = false; // it was asked to end, and nothing is wrong
  ProcessExit exit;
  std::vector<Occupation> occupations;
  // Of the reason: memory seen, time waited, words of the fault.
  std::int64_t memory_bytes = 0;
  std::int64_t memory_max_bytes = 0;
  Duration waited{0};
  std::string detail;
  std::string stderr_tail;
  std::int64_t pid = 0;

  // One line without class name: `runner killed by SIGSEGV in put (task 0)`.
  std::string summary() const;
  // The `trace` of a status: Java class and summary, then `what_next` and what is known, each on
  // its own line, then the end of its standard error.
  std::string trace(std::string_view what_next) const;
};

} // namespace host::supervisor
