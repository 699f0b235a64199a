#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "host/base/error.h"
#include "host/base/strings.h"

namespace host::json {

class Value;
struct Member;

enum class Type : std::uint8_t { Null = 1, Boolean, Number, String, Array, Object };

// `null`, `boolean`, … for messages.
std::string_view name_of(Type type);

// One JSON value as a tree: for REST bodies, link frames and files, never for records. Objects keep
// the order of their text; of two members with one key the last value counts, at the place of the
// first. Numbers keep their literal, so nothing is lost. A plain value type; comparing two compares
// them deeply, numbers by literal, members in order.
class Value {
public:
  Value();
  Value(std::nullptr_t);
  template <std::same_as<bool> Bool> Value(Bool flag);
  template <std::integral Int>
  requires(!std::same_as<Int, bool>) Value(Int number);
  Value(double number);
  Value(const char *text);
  Value(std::string_view text);
  Value(std::string text);
  Value(const StringMap &map);

  static Value object();
  static Value object(std::initializer_list<Member> members);
  static Value object(std::vector<Member> members); // keys must differ
  static Value array();
  static Value array(std::vector<Value> items);
  // A number by its literal, which must be one of JSON's.
  static Value number(std::string literal);

  Type type() const { return static_cast<Type>(data_.index() + 1); }
  bool is_null() const { return type() == Type::Null; }
  bool is_boolean() const { return type() == Type::Boolean; }
  bool is_number() const { return type() == Type::Number; }
  bool is_string() const { return type() == Type::String; }
  bool is_array() const { return type() == Type::Array; }
  bool is_object() const { return type() == Type::Object; }

  // The value as that type, or an error that says what it is instead; numbers must be whole and
  // fit.
  Result<bool> boolean() const;
  Result<std::int64_t> integer() const;
  Result<double> real() const;
  Result<std::string> string() const;
  Result<StringMap> string_map() const; // an object whose values are strings

  // Views without a check: empty for another type.
  std::string_view text() const;    // a string's characters
  std::string_view literal() const; // a number's literal
  std::span<const Value> items() const;
  std::span<const Member> members() const;

  // A member; null if there is none or this is no object.
  const Value *find(std::string_view key) const;
  Value *find(std::string_view key);
  bool contains(std::string_view key) const { return find(key) != nullptr; }

  // A member that must be there and of that type; the error names the key.
  Result<bool> boolean_of(std::string_view key) const;
  Result<std::int64_t> integer_of(std::string_view key) const;
  Result<double> real_of(std::string_view key) const;
  Result<std::string> string_of(std::string_view key) const;
  // The same with a value for an absent or null member.
  Result<bool> boolean_or(std::string_view key, bool fallback) const;
  Result<std::int64_t> integer_or(std::string_view key, std::int64_t fallback) const;
  Result<std::string> string_or(std::string_view key, std::string fallback) const;
  // A member of any type, or an error that names the key.
  Result<const Value *> member(std::string_view key) const;

  // Replaces in place or appends; anything but an object becomes one.
  Value &set(std::string_view key, Value value);
  bool erase(std::string_view key);
  // Appends; anything but an array becomes one.
  Value &push(Value item);

  friend bool operator==(const Value &, const Value &) = default;

  // Where its text begins in what was parsed; 0 for built values. Not compared.
  struct Source {
    std::size_t offset = 0;
    friend bool operator==(const Source &, const Source &) { return true; }
  };
  std::size_t offset() const { return source_.offset; }
  void set_offset(std::size_t offset) { source_.offset = offset; }

private:
  struct Number {
    std::string literal;
    friend bool operator==(const Number &, const Number &) = default;
  };
  using Array = std::vector<Value>;
  using Object = std::vector<Member>;

  explicit Value(Number number);

  std::variant<std::monostate, bool, Number, std::string, Array, Object> data_;
  Source source_;
};

// One key and its value.
struct Member {
  std::string key;
  Value value;
  friend bool operator==(const Member &, const Member &) = default;
};

// Here, where Member is complete: clang looks into the members of what a constructor makes at once.
inline Value::Value() = default;
inline Value::Value(std::nullptr_t) {}
inline Value::Value(const char *text) : data_(std::string(text)) {}
inline Value::Value(std::string_view text) : data_(std::string(text)) {}
inline Value::Value(std::string text) : data_(std::move(text)) {}
inline Value::Value(Number number) : data_(std::move(number)) {}
inline Value Value::number(std::string literal) { return Value(Number{std::move(literal)}); }
template <std::same_as<bool> Bool> Value::Value(Bool flag) : data_(flag) {}
template <std::integral Int>
requires(!std::same_as<Int, bool>) Value::Value(Int number)
    : data_(Number{std::to_string(number)}) {}

// Compact text, as Jackson writes it.
void append(std::string &out, const Value &value);
std::string to_text(const Value &value);

} // namespace host::json
