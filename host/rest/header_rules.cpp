#include "host/rest/header_rules.h"

#include <optional>

#include "host/base/java_text.h"

namespace host::rest {
namespace {

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> rules(1);
  bool quoted = false;
  for (const char c : text)
    if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      rules.emplace_back();
    else
      rules.back() += c;
  return rules;
}

std::optional<HeaderRule::Action> action_of(const std::string &word) {
  if (word == "set")
    return HeaderRule::Action::Set;
  if (word == "add")
    return HeaderRule::Action::Add;
  if (word == "setdate")
    return HeaderRule::Action::SetDate;
  if (word == "adddate")
    return HeaderRule::Action::AddDate;
  return std::nullopt;
}

Result<HeaderRule> parse_rule(const std::string &text) {
  const std::string_view rule = java::trim(text);
  const std::size_t colon = rule.find(':');
  const std::string_view head = java::trim(rule.substr(0, colon));
  const std::size_t blank = head.find_first_of(" \t");
  if (colon == std::string_view::npos || blank == std::string_view::npos)
    return fail(Code::Config, "Invalid format of header config '" + text +
                                  "'. Expected: '[action] [header name]:[header value]'");
  const std::string_view name = java::trim(head.substr(blank));
  const auto action = action_of(lower_case(head.substr(0, blank)));
  if (!action)
    return fail(Code::Config, "Invalid header config action: '" +
                                  std::string(head.substr(0, blank)) +
                                  "'. Expected one of [set, add, setDate, addDate]");
  if (name.empty() || name.find_first_of(" \t\r\n") != std::string_view::npos)
    return fail(Code::Config, "Invalid header name '" + std::string(name) +
                                  "'. The '[header name]' cannot contain whitespace");
  HeaderRule read{*action, std::string(name), std::string(java::trim(rule.substr(colon + 1))), {}};
  if (read.value.find_first_of("\r\n") != std::string::npos)
    return fail(Code::Config, "Invalid header value of '" + read.name + "': it holds a line break");
  if (*action == HeaderRule::Action::SetDate || *action == HeaderRule::Action::AddDate) {
    const auto millis = java::parse_integer(read.value);
    if (!millis)
      return fail(Code::Config, "Invalid header value of '" + read.name +
                                    "': a date is so many milliseconds from now");
    read.from_now = std::chrono::milliseconds(*millis);
  }
  return read;
}

} // namespace

Result<std::vector<HeaderRule>> parse_header_rules(std::string_view text) {
  std::vector<HeaderRule> rules;
  if (java::trim(text).empty())
    return rules;
  for (const std::string &rule : split(text)) {
    HOST_ASSIGN(auto read, parse_rule(rule));
    rules.push_back(std::move(read));
  }
  return rules;
}

void apply(const std::vector<HeaderRule> &rules, std::int64_t wall_ms, Reply &reply) {
  for (const HeaderRule &rule : rules) {
    const bool date =
        rule.action == HeaderRule::Action::SetDate || rule.action == HeaderRule::Action::AddDate;
    if (rule.action == HeaderRule::Action::Set || rule.action == HeaderRule::Action::SetDate)
      std::erase_if(reply.headers, [&](const auto &header) {
        return lower_case(header.first) == lower_case(rule.name);
      });
    reply.headers.emplace_back(rule.name, date ? http_date((wall_ms + rule.from_now.count()) / 1000)
                                               : rule.value);
  }
}

} // namespace host::rest
