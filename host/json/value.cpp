#include "host/json/value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "host/base/java_text.h"
#include "host/json/writer.h"

namespace host::json {
namespace {

tl::unexpected<Error> mismatch(std::string_view expected, const Value &found) {
  return fail(Code::Data, "expected " + std::string(expected) + " but found " +
                              std::string(name_of(found.type())));
}

// Adds the key to an error about a member's value.
template <class T> Result<T> of_member(std::string_view key, Result<T> result) {
  if (!result)
    return fail(std::move(result).error().context("member \"" + std::string(key) + "\""));
  return result;
}

template <class T>
Result<T> or_fallback(const Value &object, std::string_view key, T fallback,
                      Result<T> (Value::*get)() const) {
  const Value *found = object.find(key);
  if (found == nullptr || found->is_null())
    return fallback;
  return of_member(key, (found->*get)());
}

} // namespace

std::string_view name_of(Type type) {
  switch (type) {
  case Type::Null:
    return "null";
  case Type::Boolean:
    return "boolean";
  case Type::Number:
    return "number";
  case Type::String:
    return "string";
  case Type::Array:
    return "array";
  case Type::Object:
    return "object";
  }
  return "value";
}

Value::Value(double number) {
  if (std::isfinite(number))
    data_ = Number{java::text(number)};
  else
    data_ = java::text(number);
}

Value::Value(const StringMap &map) : data_(Object{}) {
  Object &members = std::get<Object>(data_);
  members.reserve(map.size());
  for (const auto &[key, value] : map)
    members.push_back({key, Value(value)});
}

Value Value::object() { return object(Object()); }

Value Value::object(std::initializer_list<Member> members) { return object(Object(members)); }

Value Value::object(std::vector<Member> members) {
  Value value;
  value.data_ = std::move(members);
  return value;
}

Value Value::array() { return array(Array()); }

Value Value::array(std::vector<Value> items) {
  Value value;
  value.data_ = std::move(items);
  return value;
}

Result<bool> Value::boolean() const {
  if (!is_boolean())
    return mismatch("a boolean", *this);
  return std::get<bool>(data_);
}

Result<std::int64_t> Value::integer() const {
  if (!is_number())
    return mismatch("a whole number", *this);
  const std::string_view digits = literal();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size())
    return fail(Code::Data, "expected a whole number of 64 bits but found " + std::string(digits));
  return number;
}

Result<double> Value::real() const {
  if (!is_number())
    return mismatch("a number", *this);
  return std::strtod(std::get<Number>(data_).literal.c_str(), nullptr);
}

Result<std::string> Value::string() const {
  if (!is_string())
    return mismatch("a string", *this);
  return std::get<std::string>(data_);
}

Result<StringMap> Value::string_map() const {
  if (!is_object())
    return mismatch("an object", *this);
  StringMap map;
  for (const Member &member : members()) {
    HOST_ASSIGN(std::string text, of_member(member.key, member.value.string()));
    map.set(member.key, std::move(text));
  }
  return map;
}

std::string_view Value::text() const {
  const auto *text = std::get_if<std::string>(&data_);
  return text != nullptr ? std::string_view(*text) : std::string_view();
}

std::string_view Value::literal() const {
  const auto *number = std::get_if<Number>(&data_);
  return number != nullptr ? std::string_view(number->literal) : std::string_view();
}

std::span<const Value> Value::items() const {
  const auto *items = std::get_if<Array>(&data_);
  return items != nullptr ? std::span<const Value>(*items) : std::span<const Value>();
}

std::span<const Member> Value::members() const {
  const auto *members = std::get_if<Object>(&data_);
  return members != nullptr ? std::span<const Member>(*members) : std::span<const Member>();
}

const Value *Value::find(std::string_view key) const {
  for (const Member &member : members())
    if (member.key == key)
      return &member.value;
  return nullptr;
}

Value *Value::find(std::string_view key) {
  return const_cast<Value *>(std::as_const(*this).find(key));
}

Result<const Value *> Value::member(std::string_view key) const {
  const Value *found = find(key);
  if (found == nullptr)
    return fail(Code::Data, is_object()
                                ? "member \"" + std::string(key) + "\" is missing"
                                : "expected an object with the member \"" + std::string(key) +
                                      "\" but found " + std::string(name_of(type())));
  return found;
}

Result<bool> Value::boolean_of(std::string_view key) const {
  HOST_ASSIGN(const Value *found, member(key));
  return of_member(key, found->boolean());
}

Result<std::int64_t> Value::integer_of(std::string_view key) const {
  HOST_ASSIGN(const Value *found, member(key));
  return of_member(key, found->integer());
}

Result<double> Value::real_of(std::string_view key) const {
  HOST_ASSIGN(const Value *found, member(key));
  return of_member(key, found->real());
}

Result<std::string> Value::string_of(std::string_view key) const {
  HOST_ASSIGN(const Value *found, member(key));
  return of_member(key, found->string());
}

Result<bool> Value::boolean_or(std::string_view key, bool fallback) const {
  return or_fallback(*this, key, fallback, &Value::boolean);
}

Result<std::int64_t> Value::integer_or(std::string_view key, std::int64_t fallback) const {
  return or_fallback(*this, key, fallback, &Value::integer);
}

Result<std::string> Value::string_or(std::string_view key, std::string fallback) const {
  return or_fallback(*this, key, std::move(fallback), &Value::string);
}

Value &Value::set(std::string_view key, Value value) {
  if (Value *found = find(key)) {
    *found = std::move(value);
    return *found;
  }
  if (!is_object())
    data_ = Object{};
  Object &members = std::get<Object>(data_);
  members.push_back({std::string(key), std::move(value)});
  return members.back().value;
}

bool Value::erase(std::string_view key) {
  auto *members = std::get_if<Object>(&data_);
  return members != nullptr &&
         std::erase_if(*members, [&](const Member &member) { return member.key == key; }) > 0;
}

Value &Value::push(Value item) {
  if (!is_array())
    data_ = Array{};
  auto &items = std::get<Array>(data_);
  items.push_back(std::move(item));
  return items.back();
}

namespace {

void write(Writer &writer, const Value &value) {
  switch (value.type()) {
  case Type::Null:
    writer.null();
    break;
  case Type::Boolean:
    writer.value(value.boolean().value());
    break;
  case Type::Number:
    writer.raw(value.literal());
    break;
  case Type::String:
    writer.value(value.text());
    break;
  case Type::Array:
    writer.begin_array();
    for (const Value &item : value.items())
      write(writer, item);
    writer.end_array();
    break;
  case Type::Object:
    writer.begin_object();
    for (const Member &member : value.members()) {
      writer.key(member.key);
      write(writer, member.value);
    }
    writer.end_object();
    break;
  }
}

} // namespace

void append(std::string &out, const Value &value) {
  Writer writer(out);
  write(writer, value);
}

std::string to_text(const Value &value) {
  std::string out;
  append(out, value);
  return out;
}

} // namespace host::json
