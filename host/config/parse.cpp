#include "host/config/parse.h"

#include <cstdint>
#include <limits>

#include "host/base/java_text.h"

namespace host::config {
namespace {

bool equals_nocase(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size())
    return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if ((text[i] | 0x20) != lower[i])
      return false;
  return true;
}

struct Limits {
  std::int64_t min;
  std::int64_t max;
};

template <class Int> constexpr Limits limits_of() {
  return {std::numeric_limits<Int>::min(), std::numeric_limits<Int>::max()};
}

Limits limits(Type type) {
  if (type == Type::Short)
    return limits_of<std::int16_t>();
  return type == Type::Int ? limits_of<std::int32_t>() : limits_of<std::int64_t>();
}

tl::unexpected<Error> refuse(std::string_view key, std::string_view text, std::string_view why) {
  return fail(Code::Config, exception::kConfig, invalid(key, text, why));
}

tl::unexpected<Error> not_a_number(std::string_view key, std::string_view text, Type type) {
  return refuse(key, text, "Not a number of type " + std::string(name_of(type)));
}

Result<Value> parse_integer(std::string_view key, std::string_view text, Type type) {
  const auto number = java::parse_integer(java::trim(text));
  const Limits range = limits(type);
  if (!number || *number < range.min || *number > range.max)
    return not_a_number(key, text, type);
  return Value(*number);
}

constexpr bool space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\v' || c == '\f' || c == '\r';
}

} // namespace

std::string invalid(std::string_view key, std::string_view value, std::string_view why) {
  std::string text = "Invalid value ";
  text.append(value).append(" for configuration ").append(key);
  if (!why.empty())
    text.append(": ").append(why);
  return text;
}

List parse_list(std::string_view trimmed) {
  List list;
  if (trimmed.empty())
    return list;
  for (;;) {
    const std::size_t comma = trimmed.find(',');
    std::string_view item = trimmed.substr(0, comma);
    while (!list.empty() && !item.empty() && space(item.front()))
      item.remove_prefix(1);
    while (comma != std::string_view::npos && !item.empty() && space(item.back()))
      item.remove_suffix(1);
    list.emplace_back(item);
    if (comma == std::string_view::npos)
      return list;
    trimmed.remove_prefix(comma + 1);
  }
}

Result<Value> parse_value(std::string_view key, std::string_view given, Type type,
                          const ClassResolver &resolve) {
  const std::string_view text = java::trim(given); // messages show what was given
  switch (type) {
  case Type::Boolean:
    if (equals_nocase(text, "true"))
      return Value(true);
    if (equals_nocase(text, "false"))
      return Value(false);
    return refuse(key, given, "Expected value to be either true or false");
  case Type::Int:
  case Type::Short:
  case Type::Long:
    return parse_integer(key, given, type);
  case Type::Double: {
    const auto number = java::parse_double(text);
    if (!number)
      return not_a_number(key, given, type);
    return Value(*number);
  }
  case Type::List:
    return Value(parse_list(text));
  case Type::Class: {
    if (!resolve)
      return Value(std::string(text));
    auto name = resolve(text);
    if (!name)
      return refuse(key, given, "Class " + std::string(given) + " could not be found.");
    return Value(*std::move(name));
  }
  case Type::Password:
    return Value(Secret(std::string(text)));
  case Type::String:
    break;
  }
  return Value(std::string(text));
}

} // namespace host::config
