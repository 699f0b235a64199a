#include "host/wire/group_messages.h"

namespace host::wire {

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
  coordinator.error = in.int16();
  coordinator.message = in.nullable().value_or("");
  in.int32(); // node id
  coordinator.host = in.string();
  coordinator.port = in.int32();
  HOST_TRY(in.finish("finding a group's coordinator"));
  return coordinator;
}

Encoder encode(const LeaveGroup &request) {
  Encoder body;
  body.string(request.group);
  body.int32(static_cast<std::int32_t>(request.instance_ids.size()));
  for (const std::string &id : request.instance_ids) {
    body.string(""); // any member id: the static name counts
    body.nullable(id);
  }
  return body;
}

Result<Left> decode_left(std::string_view body) {
  constexpr std::size_t kLeastMember = 6; // two empty texts and an error
  Decoder in(body);
  Left left;
  in.int32(); // throttle time
  left.error = in.int16();
  for (std::int32_t rest = in.count(kLeastMember); rest > 0; --rest) {
    LeftMember &member = left.members.emplace_back();
    in.string(); // member id
    member.instance_id = in.nullable().value_or("");
    member.error = in.int16();
  }
  HOST_TRY(in.finish("leaving a group"));
  return left;
}

} // namespace host::wire
