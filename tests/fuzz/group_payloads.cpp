// What other workers say in the group, and what a leader says: Connect's payloads.
#include "host/cluster/protocol.h"
#include "tests/fuzz/fuzz.h"

using namespace host::cluster;

namespace {

// What was read once is written and read the same from then on.
template <class Decode> void check(std::string_view bytes, const Decode &decode) {
  const auto first = decode(bytes);
  if (!first)
    return;
  for (const Protocol protocol : {Protocol::Eager, Protocol::Compatible, Protocol::Sessioned}) {
    const std::string written = encode(*first, protocol);
    const auto again = decode(written);
    fuzz::require(again.has_value(), "what is written can be read");
    fuzz::require(encode(*again, protocol) == written, "and written the same");
  }
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const std::string_view bytes = fuzz::text(data, size);
  check(bytes, decode_worker_state);
  check(bytes, decode_assignment);
  return 0;
}
