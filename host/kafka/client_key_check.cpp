#include <string>
#include <vector>

#include "host/base/java_text.h"
#include "host/config/parse.h"
#include "host/config/validators.h"
#include "host/kafka/client_keys.h"

namespace host::kafka {
namespace {

using Complaint = std::optional<std::string>;

std::int64_t whole(std::string_view text) { return java::parse_integer(text).value_or(0); }

// `-1|1..9`: one value beside a range.
Complaint check_gzip_level(std::string_view key, const config::Value &value) {
  const auto level = std::get<std::int64_t>(value);
  if (level == -1 || (level >= 1 && level <= 9))
    return std::nullopt;
  return config::invalid(key, config::java_text(value),
                         "Value must be between 1 and 9 or equal to -1");
}

Complaint check_reset(std::string_view key, const config::Value &value) {
  const std::string &text = std::get<std::string>(value);
  if (text == "earliest" || text == "latest" || text == "none" || text.starts_with("by_duration:P"))
    return std::nullopt;
  return config::invalid(
      key, text,
      "Invalid value `" + text + "` for configuration " + std::string(key) +
          ". The value must be either 'earliest', 'latest', 'none' or of the format "
          "'by_duration:<PnDTnHnMn.nS.>'.");
}

config::Validator range_of(const ClientKey &key) {
  const auto dots = key.valid.find("..");
  const std::string_view low = key.valid.substr(0, dots);
  const std::string_view high = key.valid.substr(dots + 2);
  if (key.type == config::Type::Double)
    return config::between(*java::parse_double(low), *java::parse_double(high));
  return high.empty() ? config::at_least(whole(low)) : config::between(whole(low), whole(high));
}

config::Validator validator_of(const ClientKey &key) {
  if (key.type == config::Type::List)
    return config::valid_list({.empty = key.java != "bootstrap.servers"});
  if (key.valid.empty())
    return nullptr;
  if (key.valid == "filled")
    return config::non_empty();
  if (key.valid == "reset")
    return check_reset;
  if (key.valid.starts_with("-1|"))
    return check_gzip_level;
  if (key.valid.starts_with("in "))
    return config::one_of(config::parse_list(key.valid.substr(3)));
  if (key.valid.starts_with("case "))
    return config::one_of_nocase(config::parse_list(key.valid.substr(5)));
  return range_of(key);
}

} // namespace

Result<config::Value> parse_client_value(const ClientKey &key, std::string_view text) {
  HOST_ASSIGN(config::Value value, config::parse_value(key.java, text, key.type));
  if (const config::Validator check = validator_of(key))
    if (Complaint complaint = check(key.java, value))
      return fail(Code::Config, exception::kConfig, *std::move(complaint));
  return value;
}

} // namespace host::kafka
