#include "host/transform/keys.h"

#include "host/config/parse.h"

namespace host::transform {

config::KeyBuilder replace_null_key() {
  return config::flag(kReplaceNull, true)
      .medium()
      .doc("Whether a field that is null and whose schema has a default is read as that default; "
           "otherwise it stays null.");
}

config::Validator non_empty_list() {
  return [](std::string_view key, const config::Value &value) -> std::optional<std::string> {
    const auto *list = std::get_if<config::List>(&value);
    if (list != nullptr && !list->empty())
      return std::nullopt;
    return config::invalid(key, config::java_text(value), "Empty list");
  };
}

config::Validator java_regex() {
  return [check = config::valid_regex()](std::string_view key, const config::Value &value) {
    if (!config::is_null(value))
      return check(key, value);
    return std::optional(config::invalid(key, "null",
                                         "Invalid regex: Cannot invoke \"String.isEmpty()\" "
                                         "because \"this.pattern\" is null"));
  };
}

config::List split_at_colons(const std::string &text) {
  config::List parts;
  std::size_t from = 0;
  for (;;) {
    const std::size_t colon = text.find(':', from);
    parts.push_back(text.substr(from, colon == std::string::npos ? colon : colon - from));
    if (colon == std::string::npos)
      break;
    from = colon + 1;
  }
  if (parts.size() > 1) // a text without a separator is itself, also when it is empty
    while (!parts.empty() && parts.back().empty())
      parts.pop_back();
  return parts;
}

} // namespace host::transform
