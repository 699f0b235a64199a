#pragma once

#include <cstdint>
#include <string>

namespace host::wire {

// Codes of Kafka's protocol that the group and security requests act on.
enum class GroupError : std::int16_t {
  None = 0,
  LoadInProgress = 14,
  CoordinatorNotAvailable = 15,
  NotCoordinator = 16,
  IllegalGeneration = 22,
  InconsistentProtocol = 23,
  InvalidGroup = 24,
  UnknownMember = 25,
  InvalidSessionTimeout = 26,
  RebalanceInProgress = 27,
  GroupAuthorizationFailed = 30,
  UnsupportedSaslMechanism = 33,
  IllegalSaslState = 34,
  UnsupportedVersion = 35,
  SaslAuthenticationFailed = 58,
  MemberIdRequired = 79,
  GroupIsFull = 81,
  FencedInstance = 82,
};

// `NOT_COORDINATOR (16)`; a code that is not known here is its number.
std::string describe(GroupError error);

// True where the same request may succeed a little later, perhaps at another broker.
bool asks_again(GroupError error);

} // namespace host::wire
