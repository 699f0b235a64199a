#include "host/wire/group_error.h"

#include <string_view>

#include <fmt/format.h>

namespace host::wire {
namespace {

std::string_view name_of(GroupError error) {
  switch (error) {
  case GroupError::None:
    return "NONE";
  case GroupError::LoadInProgress:
    return "COORDINATOR_LOAD_IN_PROGRESS";
  case GroupError::CoordinatorNotAvailable:
    return "COORDINATOR_NOT_AVAILABLE";
  case GroupError::NotCoordinator:
    return "NOT_COORDINATOR";
  case GroupError::IllegalGeneration:
    return "ILLEGAL_GENERATION";
  case GroupError::InconsistentProtocol:
    return "INCONSISTENT_GROUP_PROTOCOL";
  case GroupError::InvalidGroup:
    return "INVALID_GROUP_ID";
  case GroupError::UnknownMember:
    return "UNKNOWN_MEMBER_ID";
  case GroupError::InvalidSessionTimeout:
    return "INVALID_SESSION_TIMEOUT";
  case GroupError::RebalanceInProgress:
    return "REBALANCE_IN_PROGRESS";
  case GroupError::GroupAuthorizationFailed:
    return "GROUP_AUTHORIZATION_FAILED";
  case GroupError::UnsupportedSaslMechanism:
    return "UNSUPPORTED_SASL_MECHANISM";
  case GroupError::IllegalSaslState:
    return "ILLEGAL_SASL_STATE";
  case GroupError::UnsupportedVersion:
    return "UNSUPPORTED_VERSION";
  case GroupError::SaslAuthenticationFailed:
    return "SASL_AUTHENTICATION_FAILED";
  case GroupError::MemberIdRequired:
    return "MEMBER_ID_REQUIRED";
  case GroupError::GroupIsFull:
    return "GROUP_MAX_SIZE_REACHED";
  case GroupError::FencedInstance:
    return "FENCED_INSTANCE_ID";
  }
  return {};
}

} // namespace

std::string describe(GroupError error) {
  const std::string_view name = name_of(error);
  const auto code = static_cast<std::int16_t>(error);
  return name.empty() ? fmt::format("error {}", code) : fmt::format("{} ({})", name, code);
}

bool asks_again(GroupError error) {
  return error == GroupError::LoadInProgress || error == GroupError::CoordinatorNotAvailable ||
         error == GroupError::NotCoordinator;
}

} // namespace host::wire
