// Records of the config and status topics: `<key>` and a value on each two lines; `-` is a
// tombstone.
#include "host/storage/config_table.h"
#include "host/storage/status_table.h"
#include "tests/fuzz/fuzz.h"

using namespace host::storage;

namespace {

std::string_view take_line(std::string_view &text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

void check(const ConfigState &state) {
  for (const auto &[name, connector] : state.connectors) {
    fuzz::require(!connector->inconsistent || connector->tasks.empty(), "no half sets");
    fuzz::require(connector->tasks.empty() || connector->applied, "committed for a configuration");
    const auto value = parse_store_value(encode_properties(connector->config));
    fuzz::require(value && *value, "what is written is JSON");
    const auto again = decode_properties(**value);
    fuzz::require(again && again->size() == connector->config.size(), "with every entry");
  }
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  std::string_view text = fuzz::text(data, size);
  ConfigTable configs;
  StatusTable statuses;
  std::int64_t offset = 0;
  while (!text.empty()) {
    const std::string_view key = take_line(text);
    const std::string_view line = take_line(text);
    const auto value = line == "-" ? std::nullopt : std::optional(line);
    const auto applied = configs.apply(offset++, key, value);
    fuzz::require(configs.snapshot()->offset <= offset, "not beyond what was read");
    const host::Status said = statuses.apply(key, value);
    fuzz::require(!applied || !said, "a record belongs to one topic");
  }
  check(*configs.snapshot());
  for (const auto &[name, connector] : statuses.snapshot()->connectors)
    fuzz::require(!connector->empty(), "nothing is kept of what is gone");
  return 0;
}
