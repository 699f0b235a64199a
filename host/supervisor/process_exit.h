#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace host::supervisor {

// How a child process ended.
struct ProcessExit {
  enum class Kind : std::uint8_t { Exited = 1, Signalled, Unknown };
  Kind kind = Kind::Unknown;
  int value = 0; // exit code or signal number
  std::int64_t peak_memory_bytes = 0;
  bool ran_out_of_memory = false; // the kernel ended it because of its cgroup's cap

  // `exited with code 3`, `killed by SIGSEGV`, `ended`.
  std::string text() const;
  bool by_signal(int number) const { return kind == Kind::Signalled && value == number; }
};

// `SIGSEGV`, `SIGRTMIN+3`, `signal 99`.
std::string signal_name(int number);

// The end of the child that `pidfd` stands for, which is thereby reaped; nothing while it runs.
// `Unknown` if it is not (or not yet) a child of this process.
std::optional<ProcessExit> reap(int pidfd);

// Reaps all ended children of a process group; false when the group has no child left.
bool reap_group(int group);

} // namespace host::supervisor
