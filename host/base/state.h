#pragma once

#include <cstdint>
#include <string_view>

namespace host {

// What is reported of a connector or a task (contract 6.2). Stopped is a connector's only;
// Destroyed is never reported, it is the absence of a status.
enum class State : std::uint8_t { Unassigned = 1, Running, Paused, Failed, Restarting, Stopped };

// What was asked of a connector (contract 6.2).
enum class TargetState : std::uint8_t { Started = 1, Paused, Stopped };

constexpr std::string_view name_of(State state) {
  constexpr std::string_view kNames[] = {"",       "UNASSIGNED", "RUNNING", "PAUSED",
                                         "FAILED", "RESTARTING", "STOPPED"};
  return kNames[static_cast<std::size_t>(state)];
}
constexpr std::string_view name_of(TargetState state) {
  constexpr std::string_view kNames[] = {"", "STARTED", "PAUSED", "STOPPED"};
  return kNames[static_cast<std::size_t>(state)];
}

} // namespace host
