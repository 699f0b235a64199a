#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"
#include "host/wire/codec.h"

namespace host::wire {

// Codes of Kafka's protocol that the group requests act on.
enum class GroupError : std::int16_t {
  None = 0,
  LoadInProgress = 14,
  CoordinatorNotAvailable = 15,
  NotCoordinator = 16,
  UnknownMember = 25,
};

// FindCoordinator v2, for a group.
struct FindCoordinator {
  static constexpr std::int16_t kKey = 10;
  static constexpr std::int16_t kVersion = 2;
  std::string group;
};
struct Coordinator {
  std::int16_t error = 0;
  std::string message;
  std::string host;
  std::int32_t port = 0;
};
Encoder encode(const FindCoordinator &request);
Result<Coordinator> decode_coordinator(std::string_view body);

// LeaveGroup v3: members by their static names.
struct LeaveGroup {
  static constexpr std::int16_t kKey = 13;
  static constexpr std::int16_t kVersion = 3;
  std::string group;
  std::vector<std::string> instance_ids;
};
struct LeftMember {
  std::string instance_id;
  std::int16_t error = 0;
};
struct Left {
  std::int16_t error = 0;
  std::vector<LeftMember> members;
};
Encoder encode(const LeaveGroup &request);
Result<Left> decode_left(std::string_view body);

} // namespace host::wire
