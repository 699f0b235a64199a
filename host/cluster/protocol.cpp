#include "host/cluster/protocol.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "host/base/java_order.h"
#include "host/base/utf8.h"
#include "host/wire/codec.h"

namespace host::cluster {
namespace {

constexpr std::int32_t kConnectorItself = -1; // in place of a task's number
constexpr std::int16_t kConfigMismatch = 1;
constexpr std::size_t kMostNameBytes = 64 << 20;

constexpr std::array kNames{std::pair{Protocol::Sessioned, std::string_view("sessioned")},
                            std::pair{Protocol::Compatible, std::string_view("compatible")},
                            std::pair{Protocol::Eager, std::string_view("default")}};

constexpr std::int16_t version_of(Protocol protocol) {
  return static_cast<std::int16_t>(static_cast<int>(protocol) - 1);
}

// As Java's HashSet has them: decides nothing, but the bytes are the same.
std::vector<std::string> in_hash_order(std::vector<std::string> connectors) {
  const std::uint32_t buckets = std::max(java::buckets_of_copy(connectors.size()), 16u);
  java::sort_by_bucket(connectors, buckets, [](const std::string &name) { return name; });
  return connectors;
}

// One element per connector, in order of first mention: the connector itself, then its tasks.
void encode_work(wire::Encoder &to, const std::vector<std::string> &connectors,
                 const std::vector<TaskId> &tasks) {
  std::vector<std::pair<std::string_view, std::vector<std::int32_t>>> elements;
  std::unordered_map<std::string_view, std::size_t> places;
  const auto add = [&](std::string_view connector, std::int32_t number) {
    const auto [place, is_new] = places.try_emplace(connector, elements.size());
    if (is_new)
      elements.push_back({connector, {}});
    elements[place->second].second.push_back(number);
  };
  for (const std::string &connector : connectors)
    add(connector, kConnectorItself);
  for (const TaskId &task : tasks)
    add(task.connector, task.number);
  to.int32(static_cast<std::int32_t>(elements.size()));
  for (const auto &[connector, numbers] : elements) {
    to.string(connector);
    to.int32(static_cast<std::int32_t>(numbers.size()));
    for (const std::int32_t number : numbers)
      to.int32(number);
  }
}

// Names end up in JSON and in logs.
std::string text_of(wire::Decoder &from) {
  std::string text;
  utf8::append_repaired(text, from.string());
  return text;
}

// False where the names of the tasks would take far more memory than the bytes.
bool decode_work(wire::Decoder &from, std::vector<std::string> &connectors,
                 std::vector<TaskId> &tasks) {
  constexpr std::size_t kLeastElement = 6; // an empty name, no tasks
  std::size_t room = kMostNameBytes;
  const std::int32_t elements = from.nullable_count(kLeastElement).value_or(0);
  for (std::int32_t element = 0; element < elements && !from.broken(); ++element) {
    const std::string connector = text_of(from);
    const std::int32_t numbers = from.count(sizeof(std::int32_t));
    const std::size_t names = connector.size() * static_cast<std::size_t>(numbers);
    if (names > room)
      return false;
    room -= names;
    for (std::int32_t i = 0; i < numbers; ++i)
      if (const std::int32_t number = from.int32(); number == kConnectorItself)
        connectors.push_back(connector);
      else
        tasks.push_back({connector, number});
  }
  return !from.broken();
}

Result<std::int16_t> decode_version(wire::Decoder &from) {
  const std::int16_t version = from.int16();
  if (version < 0)
    return fail(Code::Data, "org.apache.kafka.common.protocol.types.SchemaException",
                fmt::format("Unsupported subscription version: {}", version));
  return version;
}

tl::unexpected<Error> malformed(std::string_view what, std::string_view bytes) {
  return fail(Code::Data, "org.apache.kafka.common.protocol.types.SchemaException",
              fmt::format("the {} of a worker is malformed ({} bytes)", what, bytes.size()));
}

} // namespace

std::string_view name_of(Protocol protocol) {
  return std::ranges::find(kNames, protocol, &decltype(kNames)::value_type::first)->second;
}

std::optional<Protocol> protocol_named(std::string_view name) {
  const auto found = std::ranges::find(kNames, name, &decltype(kNames)::value_type::second);
  return found != kNames.end() ? std::optional(found->first) : std::nullopt;
}

std::vector<Protocol> offered_protocols(Protocol newest) {
  std::vector<Protocol> offered;
  for (const auto &[protocol, name] : kNames)
    if (protocol <= newest)
      offered.push_back(protocol);
  return offered;
}

std::string encode(const WorkerState &state, Protocol protocol) {
  wire::Encoder to;
  to.int16(version_of(protocol));
  to.string(state.url);
  to.int64(state.config_offset);
  if (protocol != Protocol::Eager && state.assignment)
    to.data(encode(*state.assignment, protocol));
  else if (protocol != Protocol::Eager)
    to.int32(-1);
  return to.bytes();
}

std::string encode(const Assignment &assignment, Protocol protocol) {
  wire::Encoder to;
  to.int16(version_of(protocol));
  to.int16(assignment.failed() ? kConfigMismatch : 0);
  to.string(assignment.leader);
  to.string(assignment.leader_url);
  to.int64(assignment.config_offset);
  encode_work(to, in_hash_order(assignment.connectors), assignment.tasks);
  if (protocol != Protocol::Eager) {
    encode_work(to, assignment.revoked_connectors, assignment.revoked_tasks);
    to.int32(assignment.delay_ms);
  }
  return to.bytes();
}

Result<WorkerState> decode_worker_state(std::string_view bytes) {
  wire::Decoder from(bytes);
  HOST_TRY(decode_version(from));
  WorkerState state;
  state.url = text_of(from);
  state.config_offset = from.int64();
  std::optional<std::string> allocation;
  if (!from.at_end())
    allocation = from.nullable_data();
  if (from.broken())
    return malformed("metadata", bytes);
  if (allocation) {
    HOST_ASSIGN(state.assignment, decode_assignment(*allocation));
  }
  return state;
}

Result<Assignment> decode_assignment(std::string_view bytes) {
  wire::Decoder from(bytes);
  Assignment assignment;
  HOST_ASSIGN(assignment.version, decode_version(from));
  assignment.error =
      from.int16() == 0 ? Assignment::Error::None : Assignment::Error::ConfigMismatch;
  assignment.leader = text_of(from);
  assignment.leader_url = text_of(from);
  assignment.config_offset = from.int64();
  bool good = !from.broken();
  if (good && !from.at_end())
    good = decode_work(from, assignment.connectors, assignment.tasks);
  if (good && !from.at_end())
    good = decode_work(from, assignment.revoked_connectors, assignment.revoked_tasks);
  if (good && !from.at_end())
    assignment.delay_ms = from.int32();
  if (!good || from.broken())
    return malformed("assignment", bytes);
  return assignment;
}

} // namespace host::cluster
