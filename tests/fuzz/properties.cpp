// Files in the syntax of java.util.Properties.
#include "host/config/properties.h"
#include "host/base/utf8.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const auto parsed = host::config::parse_properties(fuzz::text(data, size), "fuzz.properties");
  if (!parsed) {
    fuzz::require(!parsed.error().message().empty(), "an error says something");
    return 0;
  }
  for (const host::config::Property &entry : parsed->entries) {
    fuzz::require(entry.line > 0, "every key has a line");
    fuzz::require(parsed->find(entry.key) == &entry, "a key is there once");
  }
  fuzz::require(parsed->map().size() == parsed->entries.size(), "the map has the same keys");
  return 0;
}
