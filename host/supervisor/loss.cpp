#include "host/supervisor/loss.h"

#include <fmt/format.h>

#include "host/base/error.h"
#include "host/link/exit_code.h"

namespace host::supervisor {
namespace {

constexpr std::size_t kOccupationsNamed = 4;

std::string mib(std::int64_t bytes) { return fmt::format("{} MiB", bytes >> 20); }

// ` in poll (task 0), put (task 3)`, or nothing.
std::string where(const std::vector<Occupation> &occupations) {
  std::string text;
  for (std::size_t i = 0; i < occupations.size() && i < kOccupationsNamed; ++i)
    text += (i == 0 ? " in " : ", ") + occupations[i].text();
  if (occupations.size() > kOccupationsNamed)
    text += fmt::format(" and {} more", occupations.size() - kOccupationsNamed);
  return text;
}

} // namespace

std::string Occupation::text() const {
  const char *name = name_of(callback);
  if (task != link::kConnectorItself)
    return fmt::format("{} (task {})", name, task);
  switch (callback) {
  case link::Callback::Load:
  case link::Callback::Entry:
  case link::Callback::Init:
  case link::Callback::Validate:
  case link::Callback::AlterOffsets:
    return name;
  default:
    return fmt::format("{} (connector)", name);
  }
}

std::string Loss::summary() const {
  switch (reason) {
  case LossReason::Memory:
    return fmt::format("runner killed by SIGKILL{}: {} of memory, above runner.memory.max ({})",
                       where(occupations), mib(memory_bytes), mib(memory_max_bytes));
  case LossReason::Stall:
    return fmt::format("runner killed: {} blocked for {} ms, longer than task.stall.timeout.ms",
                       detail, waited.count());
  case LossReason::NoHello:
    return fmt::format("runner killed: nothing heard from it within {} ms after its start",
                       waited.count());
  case LossReason::NoAnswer:
    return fmt::format("runner killed{}: no answer to {} within {} ms", where(occupations), detail,
                       waited.count());
  case LossReason::NotStopped:
    return fmt::format("runner killed{}: not stopped within {} ms after it was asked to",
                       where(occupations), waited.count());
  case LossReason::Link:
    return fmt::format("runner killed{}: {}", where(occupations), detail);
  case LossReason::NotStarted:
    return "runner not started: " + detail;
  case LossReason::Ended:
    // Its own code ends it so when it hears nothing of a host that is still there.
    if (exit.kind == ProcessExit::Kind::Exited && exit.value == link::kExitHostGone)
      return fmt::format("runner ended{}: its link to the host was closed there",
                         where(occupations));
    break;
  }
  return fmt::format("runner {}{}", exit.text(), where(occupations));
}

std::string Loss::trace(std::string_view what_next) const {
  std::string text = fmt::format("{}: {}\n", exception::kConnect, summary());
  if (!what_next.empty())
    text += fmt::format("\t{}\n", what_next);
  if (pid != 0)
    text += fmt::format("\tprocess {} {}", pid, exit.text());
  if (pid != 0 && exit.peak_memory_bytes != 0)
    text += fmt::format(", {} of memory at its peak", mib(exit.peak_memory_bytes));
  if (pid != 0 && memory_max_bytes != 0)
    text += fmt::format(", runner.memory.max {}", mib(memory_max_bytes));
  if (pid != 0)
    text += '\n';
  if (stderr_tail.empty())
    return text;
  text += fmt::format("\tend of its standard error ({} bytes):\n", stderr_tail.size());
  text += stderr_tail;
  if (text.back() != '\n')
    text += '\n';
  return text;
}

} // namespace host::supervisor
