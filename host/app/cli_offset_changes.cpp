#include "host/app/cli_offset_changes.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "host/base/files.h"
#include "host/json/parse.h"

namespace host::app::cli {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 18 &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

json::Value whole_number(std::string_view text) {
  const auto digit = std::min(text.find_first_not_of('0'), text.size() - 1);
  return json::Value::number(std::string(text.substr(digit)));
}

json::Value one_change(json::Value partition, json::Value offset) {
  return json::Value::object({{"partition", std::move(partition)}, {"offset", std::move(offset)}});
}

// `lines:0=42`, `lines:0=null`
Result<json::Value> change_of_topic(const std::string &text) {
  const auto equals = text.rfind('=');
  const auto colon = equals == std::string::npos ? equals : text.rfind(':', equals);
  if (colon != std::string::npos && colon > 0) {
    const std::string_view partition = std::string_view(text).substr(colon + 1, equals - colon - 1);
    const std::string_view offset = std::string_view(text).substr(equals + 1);
    if (is_number(partition) && (is_number(offset) || offset == "null")) {
      json::Value key = json::Value::object(
          {{"kafka_topic", text.substr(0, colon)}, {"kafka_partition", whole_number(partition)}});
      if (offset == "null")
        return one_change(std::move(key), json::Value());
      return one_change(std::move(key),
                        json::Value::object({{"kafka_offset", whole_number(offset)}}));
    }
  }
  return fail(Code::BadRequest,
              fmt::format("`{}`: expected TOPIC:PARTITION=OFFSET, as in lines:0=42 or lines:0=null "
                          "(for a source: --partition and --offset)",
                          text));
}

// What is JSON's number, true, false, null or a quoted text counts as that, the rest as text.
json::Value typed(const std::string &text) {
  auto value = json::parse(text);
  return value ? *std::move(value) : json::Value(text);
}

Result<json::Value> map_of(std::string_view option, const std::vector<std::string> &pairs) {
  json::Value map = json::Value::object();
  for (const std::string &pair : pairs) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0)
      return fail(Code::BadRequest,
                  fmt::format("{} {}: expected KEY=VALUE, as in filename=/tmp/lines.txt or "
                              "position=42",
                              option, pair));
    map.set(pair.substr(0, equals), typed(pair.substr(equals + 1)));
  }
  return map;
}

Result<json::Value> change_of_source(const OffsetChanges &changes) {
  HOST_ASSIGN(json::Value partition, map_of("--partition", changes.partition));
  if (changes.offset.size() == 1 && changes.offset.front() == "null")
    return one_change(std::move(partition), json::Value());
  HOST_ASSIGN(json::Value offset, map_of("--offset", changes.offset));
  return one_change(std::move(partition), std::move(offset));
}

Result<json::Value> changes_in_file(const std::string &file) {
  const bool standard_input = file == "-";
  const std::string name = standard_input ? "standard input" : file;
  auto bytes = read_file(standard_input ? "/dev/stdin" : file);
  if (!bytes)
    return fail(std::move(bytes).error().context(name));
  json::Fault fault;
  auto document = json::parse(*bytes, json::Trailing::Refuse, &fault);
  if (!document)
    return fail(Code::BadRequest,
                fmt::format("{}:{}:{}: {}", name, fault.line, fault.column, fault.message));
  const json::Value *list = document->find("offsets");
  if (list == nullptr || !list->is_array())
    return fail(Code::BadRequest,
                fmt::format("{}: expected {{\"offsets\": [{{\"partition\": {{…}}, \"offset\": "
                            "{{…}}}}, …]}}, as `sluice offsets NAME -o json` prints it",
                            name));
  return document;
}

} // namespace

Result<json::Value> requested_changes(const OffsetChanges &changes) {
  if (!changes.file.empty())
    return changes_in_file(changes.file);
  json::Value list = json::Value::array();
  for (const std::string &text : changes.of_topics) {
    HOST_ASSIGN(json::Value change, change_of_topic(text));
    list.push(std::move(change));
  }
  if (!changes.partition.empty()) {
    HOST_ASSIGN(json::Value change, change_of_source(changes));
    list.push(std::move(change));
  }
  return json::Value::object({{"offsets", std::move(list)}});
}

} // namespace host::app::cli
