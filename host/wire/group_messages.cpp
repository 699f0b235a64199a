#include "host/wire/group_messages.h"

#include <algorithm>

#include <fmt/format.h>

namespace host::wire {
namespace {

GroupError error_of(Decoder &in) { return static_cast<GroupError>(in.int16()); }

} // namespace

bool Apis::offers(std::int16_t key, std::int16_t version) const {
  return std::ranges::any_of(ranges, [&](const ApiRange &range) {
    return range.key == key && range.lowest <= version && version <= range.highest;
  });
}

Result<Apis> decode_apis(std::string_view body) {
  constexpr std::size_t kRange = 6;
  Decoder in(body);
  Apis apis;
  apis.error = error_of(in);
  for (std::int32_t rest = in.count(kRange); rest > 0; --rest)
    apis.ranges.push_back({in.int16(), in.int16(), in.int16()});
  HOST_TRY(in.finish("asking for the broker's versions"));
  return apis;
}

Encoder encode(const FindCoordinator &request) {
  constexpr std::int8_t kGroup = 0;
  Encoder body;
  body.string(request.group);
  body.int8(kGroup);
  return body;
}

Result<Coordinator> decode_coordinator(std::string_view body) {
  Decoder in(body);
  Coordinator coordinator;
  in.int32(); // throttle time
  coordinator.error = error_of(in);
  coordinator.message = in.nullable().value_or("");
  in.int32(); // node id
  coordinator.host = in.string();
  coordinator.port = in.int32();
  HOST_TRY(in.finish("finding a group's coordinator"));
  const bool known = !coordinator.host.empty() &&
                     coordinator.host.find('\0') == std::string::npos && coordinator.port > 0 &&
                     coordinator.port < 65536;
  if (coordinator.error == GroupError::None && !known)
    return fail(Code::Data, fmt::format("finding a group's coordinator: the broker names none "
                                        "that can be reached (port {})",
                                        coordinator.port));
  return coordinator;
}

Encoder encode(const JoinGroup &request) {
  Encoder body;
  body.string(request.group);
  body.int32(request.session_timeout_ms);
  body.int32(request.rebalance_timeout_ms);
  body.string(request.member_id);
  body.nullable(std::nullopt); // no static member
  body.string(request.type);
  body.int32(static_cast<std::int32_t>(request.protocols.size()));
  for (const GroupProtocol &protocol : request.protocols) {
    body.string(protocol.name);
    body.data(protocol.metadata);
  }
  return body;
}

Result<Joined> decode_joined(std::string_view body) {
  constexpr std::size_t kLeastMember = 8; // two empty texts and empty metadata
  Decoder in(body);
  Joined joined;
  in.int32(); // throttle time
  joined.error = error_of(in);
  joined.generation = in.int32();
  joined.protocol = in.nullable().value_or("");
  joined.leader_id = in.string();
  joined.member_id = in.string();
  for (std::int32_t rest = in.count(kLeastMember); rest > 0; --rest) {
    JoinedMember &member = joined.members.emplace_back();
    member.id = in.string();
    in.nullable(); // static name
    member.metadata = in.data();
  }
  HOST_TRY(in.finish("joining a group"));
  return joined;
}

Encoder encode(const SyncGroup &request) {
  Encoder body;
  body.string(request.group);
  body.int32(request.generation);
  body.string(request.member_id);
  body.nullable(std::nullopt);
  body.int32(static_cast<std::int32_t>(request.assignments.size()));
  for (const MemberAssignment &one : request.assignments) {
    body.string(one.member_id);
    body.data(one.assignment);
  }
  return body;
}

Result<Synced> decode_synced(std::string_view body) {
  Decoder in(body);
  Synced synced;
  in.int32(); // throttle time
  synced.error = error_of(in);
  synced.assignment = in.data();
  HOST_TRY(in.finish("taking a group's assignment"));
  return synced;
}

Encoder encode(const Heartbeat &request) {
  Encoder body;
  body.string(request.group);
  body.int32(request.generation);
  body.string(request.member_id);
  body.nullable(std::nullopt);
  return body;
}

Result<GroupError> decode_heartbeat(std::string_view body) {
  Decoder in(body);
  in.int32(); // throttle time
  const GroupError error = error_of(in);
  HOST_TRY(in.finish("a heartbeat"));
  return error;
}

Encoder encode(const LeaveGroup &request) {
  Encoder body;
  body.string(request.group);
  body.int32(static_cast<std::int32_t>(request.members.size()));
  for (const LeaveGroup::Member &member : request.members) {
    body.string(member.id);
    body.nullable(member.instance_id);
  }
  return body;
}

Result<Left> decode_left(std::string_view body) {
  constexpr std::size_t kLeastMember = 6; // two empty texts and an error
  Decoder in(body);
  Left left;
  in.int32(); // throttle time
  left.error = error_of(in);
  for (std::int32_t rest = in.count(kLeastMember); rest > 0; --rest) {
    LeftMember &member = left.members.emplace_back();
    member.id = in.string();
    member.instance_id = in.nullable().value_or("");
    member.error = error_of(in);
  }
  HOST_TRY(in.finish("leaving a group"));
  return left;
}

} // namespace host::wire
