#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace host::config {

// The types of Kafka's ConfigDef (contract 10.5); values equal the ABI's SLUICE_CONFIG_*.
enum class Type : std::uint8_t {
  Boolean = 1,
  String,
  Int,
  Short,
  Long,
  Double,
  List,
  Class,
  Password,
};
enum class Importance : std::uint8_t { High = 1, Medium, Low };
enum class Width : std::uint8_t { None = 1, Short, Medium, Long };

// The upper-case names of REST answers.
std::string_view name_of(Type type);
std::string_view name_of(Importance importance);
std::string_view name_of(Width width);

// A text that must not be seen. Prints as `[hidden]`; whoever needs it asks for it by name.
class Secret {
public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  const std::string &reveal() const { return text_; }
  static constexpr std::string_view kHidden = "[hidden]";
  friend bool operator==(const Secret &, const Secret &) = default;

private:
  std::string text_;
};

using Null = std::monostate;
using List = std::vector<std::string>;

// A parsed value: Null, or for Boolean bool; Int, Short, Long std::int64_t; Double double; String
// and Class (its full name) std::string; List List; Password Secret.
using Value = std::variant<Null, bool, std::int64_t, double, std::string, List, Secret>;

inline bool is_null(const Value &value) { return std::holds_alternative<Null>(value); }

// As ConfigDef prints a value in REST answers: a list joined by commas, a password hidden. Null is
// the empty text; ask is_null first where that matters.
std::string to_text(const Value &value);
// As Java's toString prints it in messages: `null`, `[a, b]`.
std::string java_text(const Value &value);

} // namespace host::config
