// Answers of a coordinator, and of whoever pretends to be one. The first byte chooses the request.
#include "host/wire/group_messages.h"

#include "host/wire/sasl.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace host;

template <class T> void check(const Result<T> &result) {
  fuzz::require(result || !result.error().message().empty(), "an error says something");
}

void check_joined(std::string_view body) {
  const auto joined = wire::decode_joined(body);
  check(joined);
  if (!joined)
    return;
  std::size_t bytes = 0;
  for (const wire::JoinedMember &member : joined->members)
    bytes += member.id.size() + member.metadata.size();
  fuzz::require(bytes <= body.size(), "nothing is there that did not come in");
}

void check_scram(std::string_view body) {
  const wire::SaslSettings settings{wire::SaslMechanism::ScramSha256, "u", "p", {}};
  const auto client = wire::make_sasl_client(settings, "nonce");
  fuzz::require(client->first().has_value(), "there is a first message");
  const auto half = body.find('\n');
  if (const auto proof = client->answer(body.substr(0, half)); !proof)
    return check(proof);
  if (half != std::string_view::npos)
    fuzz::require(!client->answer(body.substr(half + 1)), "nobody knows the password by chance");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  if (size == 0)
    return 0;
  const std::string_view body = fuzz::text(data, size).substr(1);
  switch (data[0]) {
  case 'v':
    check(wire::decode_apis(body));
    break;
  case 'f':
    check(wire::decode_coordinator(body));
    break;
  case 'j':
    check_joined(body);
    break;
  case 's':
    check(wire::decode_synced(body));
    break;
  case 'h':
    check(wire::decode_heartbeat(body));
    break;
  case 'l':
    check(wire::decode_left(body));
    break;
  case 'c':
    check_scram(body);
    break;
  default:
    break;
  }
  return 0;
}
