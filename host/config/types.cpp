#include "host/config/types.h"

#include "host/base/java_text.h"

namespace host::config {
namespace {

std::string joined(const List &list, std::string_view separator) {
  std::string text;
  for (const std::string &item : list) {
    if (&item != &list.front())
      text += separator;
    text += item;
  }
  return text;
}

} // namespace

std::string_view name_of(Type type) {
  switch (type) {
  case Type::Boolean:
    return "BOOLEAN";
  case Type::String:
    return "STRING";
  case Type::Int:
    return "INT";
  case Type::Short:
    return "SHORT";
  case Type::Long:
    return "LONG";
  case Type::Double:
    return "DOUBLE";
  case Type::List:
    return "LIST";
  case Type::Class:
    return "CLASS";
  case Type::Password:
    return "PASSWORD";
  }
  return "STRING";
}

std::string_view name_of(Importance importance) {
  switch (importance) {
  case Importance::High:
    return "HIGH";
  case Importance::Medium:
    return "MEDIUM";
  case Importance::Low:
    return "LOW";
  }
  return "LOW";
}

std::string_view name_of(Width width) {
  switch (width) {
  case Width::None:
    return "NONE";
  case Width::Short:
    return "SHORT";
  case Width::Medium:
    return "MEDIUM";
  case Width::Long:
    return "LONG";
  }
  return "NONE";
}

std::string to_text(const Value &value) {
  struct Visitor {
    std::string operator()(Null) const { return {}; }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const { return java::text(number); }
    std::string operator()(const std::string &text) const { return text; }
    std::string operator()(const List &list) const { return joined(list, ","); }
    std::string operator()(const Secret &) const { return std::string(Secret::kHidden); }
  };
  return std::visit(Visitor{}, value);
}

std::string java_text(const Value &value) {
  if (is_null(value))
    return "null";
  if (const auto *list = std::get_if<List>(&value))
    return "[" + joined(*list, ", ") + "]";
  return to_text(value);
}

} // namespace host::config
