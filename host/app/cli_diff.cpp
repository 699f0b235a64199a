#include "host/app/cli_diff.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "host/app/cli_screen.h"

namespace host::app::cli {
namespace {

constexpr std::string_view kHidden = "[hidden]";

json::Value or_null(const std::optional<std::string> &value) {
  return value ? json::Value(*value) : json::Value();
}

std::string line_of(const ConfigChange &change) {
  if (!change.from)
    return fmt::format("+ {}: {}", visible(change.key), visible(*change.to));
  if (!change.to)
    return fmt::format("- {}: {}", visible(change.key), visible(*change.from));
  return fmt::format("~ {}: {} -> {}", visible(change.key), visible(*change.from),
                     visible(*change.to));
}

std::string_view colour_of(const ConfigChange &change) {
  if (!change.from)
    return "\x1b[32m";
  return change.to ? "\x1b[33m" : "\x1b[31m";
}

} // namespace

std::vector<ConfigChange> changes_of(const json::Value &present, StringMap wanted,
                                     const std::string &name, bool hidden_differs) {
  if (!wanted.contains("name"))
    wanted.set("name", name);
  std::vector<ConfigChange> changes;
  for (const auto &[key, value] : wanted) {
    const json::Value *old = present.find(key);
    if (old != nullptr && old->is_string() &&
        (old->text() == value || (old->text() == kHidden && !hidden_differs)))
      continue;
    ConfigChange change{key, std::nullopt, value};
    if (old != nullptr)
      change.from = old->is_string() ? std::string(old->text()) : json::to_text(*old);
    changes.push_back(std::move(change));
  }
  for (const json::Member &old : present.members())
    if (!wanted.contains(old.key))
      changes.push_back({old.key,
                         old.value.is_string() ? std::string(old.value.text()) : to_text(old.value),
                         std::nullopt});
  std::sort(changes.begin(), changes.end(),
            [](const ConfigChange &a, const ConfigChange &b) { return a.key < b.key; });
  return changes;
}

std::string text_of(const std::vector<ConfigChange> &changes, bool colours) {
  std::string text;
  for (const ConfigChange &change : changes)
    text += colours ? fmt::format("  {}{}\x1b[0m\n", colour_of(change), line_of(change))
                    : fmt::format("  {}\n", line_of(change));
  return text;
}

json::Value as_json(const std::vector<ConfigChange> &changes) {
  json::Value list = json::Value::array();
  for (const ConfigChange &change : changes)
    list.push(json::Value::object(
        {{"key", change.key}, {"from", or_null(change.from)}, {"to", or_null(change.to)}}));
  return list;
}

} // namespace host::app::cli
