#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/ids.h"

namespace host::cluster {

// Connect's sub-protocols of its group (contract 7.1). A cluster uses the newest that all of its
// workers offer. Sessioned is Compatible with signed requests between workers.
enum class Protocol : std::uint8_t { Eager = 1, Compatible, Sessioned };

// Their names in the group: `default`, `compatible`, `sessioned`.
std::string_view name_of(Protocol protocol);
std::optional<Protocol> protocol_named(std::string_view name);
// What a worker offers whose `connect.protocol` is `newest`: most wanted first.
std::vector<Protocol> offered_protocols(Protocol newest);

// What can run in one place only: connector objects, and tasks. In order; nothing twice.
struct Work {
  std::vector<std::string> connectors;
  std::vector<TaskId> tasks;

  bool empty() const { return connectors.empty() && tasks.empty(); }
  std::size_t size() const { return connectors.size() + tasks.size(); }
  friend bool operator==(const Work &, const Work &) = default;
};

// What the leader tells one member, and, merged with what that member had, what the member reports
// when it joins again (contract 7.2). To the member `connectors` and `tasks` are new ones only
// (with Eager all), in a report they are everything it has.
struct Assignment {
  enum class Error : std::uint8_t { None = 1, ConfigMismatch };

  std::int16_t version = 0; // of the bytes it came in: 0, 1, 2; later ones are read as far as known
  Error error = Error::None;
  std::string leader; // member id
  std::string leader_url;
  std::int64_t config_offset = -1;
  std::vector<std::string> connectors;
  std::vector<TaskId> tasks;
  std::vector<std::string> revoked_connectors;
  std::vector<TaskId> revoked_tasks;
  std::int32_t delay_ms = 0; // join again after this; 0: no need to

  bool failed() const { return error != Error::None; }
  friend bool operator==(const Assignment &, const Assignment &) = default;
};

// What a member says of itself when it joins.
struct WorkerState {
  std::string url;                 // of its REST API, ending in `/`
  std::int64_t config_offset = -1; // the newest that it has read; -1: nothing
  std::optional<Assignment> assignment;

  friend bool operator==(const WorkerState &, const WorkerState &) = default;
};

} // namespace host::cluster
