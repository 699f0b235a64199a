#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"
#include "host/wire/codec.h"
#include "host/wire/group_error.h"

// Requests and answers of the classic group protocol, in the newest versions without tagged fields
// (dependencies 3.2). Whoever decodes treats the bytes as foreign: any fault is a Data error.
namespace host::wire {

// ApiVersions v0, which has no body: what the broker can do.
struct ApiVersions {
  static constexpr std::int16_t kKey = 18;
  static constexpr std::int16_t kVersion = 0;
};
struct ApiRange {
  std::int16_t key = 0;
  std::int16_t lowest = 0;
  std::int16_t highest = 0;
};
struct Apis {
  GroupError error = GroupError::None;
  std::vector<ApiRange> ranges;
  bool offers(std::int16_t key, std::int16_t version) const;
};
Result<Apis> decode_apis(std::string_view body);

// FindCoordinator v2, for a group.
struct FindCoordinator {
  static constexpr std::int16_t kKey = 10;
  static constexpr std::int16_t kVersion = 2;
  std::string group;
};
struct Coordinator {
  GroupError error = GroupError::None;
  std::string message;
  std::string host;
  std::int32_t port = 0;
};
Encoder encode(const FindCoordinator &request);
// Without an error there is a host, and a port that can be one.
Result<Coordinator> decode_coordinator(std::string_view body);

// One protocol that a member can work with, and what it tells the group's leader in it.
struct GroupProtocol {
  std::string name;
  std::string metadata;
  friend bool operator==(const GroupProtocol &, const GroupProtocol &) = default;
};

// JoinGroup v5. The answer may take as long as the rebalance timeout.
struct JoinGroup {
  static constexpr std::int16_t kKey = 11;
  static constexpr std::int16_t kVersion = 5;
  std::string group;
  std::int32_t session_timeout_ms = 0;
  std::int32_t rebalance_timeout_ms = 0;
  std::string member_id; // empty: a new member
  std::string type;
  std::vector<GroupProtocol> protocols; // the preferred first
};
struct JoinedMember {
  std::string id;
  std::string metadata;
  friend bool operator==(const JoinedMember &, const JoinedMember &) = default;
};
struct Joined {
  GroupError error = GroupError::None;
  std::int32_t generation = -1;
  std::string protocol;
  std::string leader_id;
  std::string member_id;
  std::vector<JoinedMember> members; // for the leader alone
};
Encoder encode(const JoinGroup &request);
Result<Joined> decode_joined(std::string_view body);

struct MemberAssignment {
  std::string member_id;
  std::string assignment;
  friend bool operator==(const MemberAssignment &, const MemberAssignment &) = default;
};

// SyncGroup v3.
struct SyncGroup {
  static constexpr std::int16_t kKey = 14;
  static constexpr std::int16_t kVersion = 3;
  std::string group;
  std::int32_t generation = -1;
  std::string member_id;
  std::vector<MemberAssignment> assignments; // from the leader alone
};
struct Synced {
  GroupError error = GroupError::None;
  std::string assignment;
};
Encoder encode(const SyncGroup &request);
Result<Synced> decode_synced(std::string_view body);

// Heartbeat v3.
struct Heartbeat {
  static constexpr std::int16_t kKey = 12;
  static constexpr std::int16_t kVersion = 3;
  std::string group;
  std::int32_t generation = -1;
  std::string member_id;
};
Encoder encode(const Heartbeat &request);
Result<GroupError> decode_heartbeat(std::string_view body);

// LeaveGroup v3: a member by its id, or a static one by its name (then any id will do).
struct LeaveGroup {
  static constexpr std::int16_t kKey = 13;
  static constexpr std::int16_t kVersion = 3;
  struct Member {
    std::string id;
    std::optional<std::string> instance_id;
  };
  std::string group;
  std::vector<Member> members;
};
struct LeftMember {
  std::string id;
  std::string instance_id;
  GroupError error = GroupError::None;
};
struct Left {
  GroupError error = GroupError::None;
  std::vector<LeftMember> members;
};
Encoder encode(const LeaveGroup &request);
Result<Left> decode_left(std::string_view body);

} // namespace host::wire
