#include "host/runtime/offset_text.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "host/base/java_text.h"
#include "host/json/parse.h"
#include "host/json/value.h"
#include "host/json/writer.h"

namespace host::runtime {
namespace {

using json::Member;
using json::Value;

Error not_a_map() {
  return Error(Code::Data, exception::kData, "Offsets must be specified as a Map");
}

Status check_primitive(const Member &member) {
  if (!member.value.is_array() && !member.value.is_object())
    return {};
  return fail(Code::Data, exception::kData,
              "Offsets may only contain primitive types as values, but field " + member.key +
                  " contains " + (member.value.is_array() ? "ARRAY" : "MAP"));
}

bool is_whole(std::string_view literal) {
  return literal.find_first_of(".eE") == std::string_view::npos;
}

void write_value(json::Writer &writer, const Value &value) {
  // Java holds fractions as doubles and prints them its own way; whole numbers of any length stay.
  if (value.is_number() && !is_whole(value.literal())) {
    if (const auto real = value.real()) {
      writer.value(*real);
      return;
    }
  }
  writer.raw(json::to_text(value));
}

std::vector<const Member *> in_hash_map_order(const Value &object) {
  const std::uint32_t buckets = java::buckets(object.members().size());
  std::vector<std::pair<std::uint32_t, const Member *>> placed;
  for (const Member &member : object.members())
    placed.emplace_back(java::spread(java::hash(member.key)) & (buckets - 1), &member);
  std::stable_sort(placed.begin(), placed.end(),
                   [](const auto &a, const auto &b) { return a.first < b.first; });
  std::vector<const Member *> ordered;
  for (const auto &[bucket, member] : placed)
    ordered.push_back(member);
  return ordered;
}

} // namespace

Result<std::string> canonical_offset_text(std::string_view text) {
  auto parsed = json::parse(text);
  if (!parsed)
    return std::move(parsed).error().context("source partition or offset is not JSON");
  if (parsed->is_null())
    return std::string("null");
  if (!parsed->is_object())
    return not_a_map();
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  for (const Member *member : in_hash_map_order(*parsed)) {
    HOST_TRY(check_primitive(*member));
    writer.key(member->key);
    write_value(writer, member->value);
  }
  writer.end_object();
  return out;
}

Result<std::string> offset_key(std::string_view connector, std::string_view partition_json) {
  HOST_ASSIGN(const std::string partition, canonical_offset_text(partition_json));
  std::string key;
  json::Writer(key).begin_array().value(connector).raw(partition).end_array();
  return key;
}

} // namespace host::runtime
