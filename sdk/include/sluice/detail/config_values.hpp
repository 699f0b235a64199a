// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/abi/config.h"
#include "sluice/errors.hpp"
#include "sluice/secret.hpp"
#include "sluice/text.hpp"

// How text becomes values and defaults become text: the machinery behind sluice::key.
namespace sluice::inline v0 {
template <class T> struct key;
}

namespace sluice::inline v0::detail {

struct rule {
  static constexpr std::size_t kMaxValues = 8;

  std::int32_t kind = 0; // none
  std::uint32_t flags = 0;
  std::int64_t min = 0;
  std::int64_t max = 0;
  std::array<sluice_str, kMaxValues> values = {};
  std::size_t n_values = 0;
  std::string_view pattern = {};
};

constexpr sluice_str to_abi_or_absent(std::string_view text) noexcept {
  return text.empty() ? sluice_str{} : to_abi(text);
}

// A default as text, kept where the table can point at it.
struct default_text {
  std::array<char, 24> digits = {};
  std::size_t n_digits = 0;
  std::optional<std::string_view> literal;

  constexpr sluice_str abi() const noexcept {
    if (literal)
      return to_abi(*literal);
    return n_digits > 0 ? sluice_str{digits.data(), n_digits} : sluice_str{};
  }
};

template <std::integral Number>
requires(!std::same_as<Number, bool>) constexpr default_text
    text_of_default(const std::optional<Number> &value) {
  default_text text;
  if (!value)
    return text;
  // From the last digit on; the negative of the number, because its range is the wider one.
  std::int64_t rest = *value < 0 ? std::int64_t{*value} : -std::int64_t{*value};
  std::array<char, 24> reversed = {};
  std::size_t n = 0;
  do {
    reversed[n++] = static_cast<char>('0' - rest % 10);
    rest /= 10;
  } while (rest != 0);
  if (*value < 0)
    reversed[n++] = '-';
  while (n > 0)
    text.digits[text.n_digits++] = reversed[--n];
  return text;
}

constexpr default_text text_of_default(const std::optional<bool> &value) {
  default_text text;
  if (value)
    text.literal = *value ? "true" : "false";
  return text;
}

constexpr default_text text_of_default(const std::optional<std::string_view> &value) {
  default_text text;
  text.literal = value;
  return text;
}

// Java's String.trim.
constexpr std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  while (!text.empty() && is_blank(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back()))
    text.remove_suffix(1);
  return text;
}

[[noreturn]] inline void refuse(std::string_view name, std::string_view value,
                                std::string_view why) {
  throw config_error("Invalid value {} for configuration {}: {}", value, name, why);
}

// A number written as Java writes and reads it: an optional sign, digits, nothing else.
template <class Number>
Number parse_number(std::string_view name, std::string_view text, std::string_view type) {
  const std::string_view given = trimmed(text);
  std::string_view digits = given;
  if (digits.starts_with('+') && digits.size() > 1 && digits[1] != '-')
    digits.remove_prefix(1);
  Number value{};
  const char *const end = digits.data() + digits.size();
  const auto [stop, problem] = std::from_chars(digits.data(), end, value);
  if (problem != std::errc{} || stop != end)
    refuse(name, given, format("Not a number of type {}", type));
  return value;
}

template <class Number> void check_range(std::string_view name, const rule &must_be, Number value) {
  if (must_be.kind != SLUICE_VALIDATOR_RANGE)
    return;
  if ((must_be.flags & SLUICE_RANGE_HAS_MIN) != 0 && value < static_cast<Number>(must_be.min))
    refuse(name, format("{}", value), format("Value must be at least {}", must_be.min));
  if ((must_be.flags & SLUICE_RANGE_HAS_MAX) != 0 && value > static_cast<Number>(must_be.max))
    refuse(name, format("{}", value), format("Value must be no more than {}", must_be.max));
}

inline void check_text(std::string_view name, const rule &must_be, std::string_view value) {
  if (must_be.kind == SLUICE_VALIDATOR_NON_EMPTY && value.empty())
    refuse(name, value, "String must be non-empty");
  if (must_be.kind != SLUICE_VALIDATOR_ONE_OF)
    return;
  std::string list;
  for (std::size_t i = 0; i < must_be.n_values; ++i) {
    if (view(must_be.values[i]) == value)
      return;
    list += i == 0 ? "" : ", ";
    list += view(must_be.values[i]);
  }
  refuse(name, value, format("String must be one of: {}", list));
}

template <class T> struct key_traits;

template <class Number, std::int32_t Type> struct number_traits {
  using default_type = Number;
  static constexpr std::int32_t abi_type = Type;
  static constexpr bool is_optional = false;
  static constexpr std::string_view kName = Type == SLUICE_CONFIG_INT     ? "INT"
                                            : Type == SLUICE_CONFIG_SHORT ? "SHORT"
                                                                          : "LONG";

  template <class Key> static Number parse(const Key &key, std::string_view text) {
    return parse_number<Number>(key.name, text, kName);
  }
  template <class Key> static Number checked(const Key &key, Number value) {
    check_range(key.name, key.must_be, value);
    return value;
  }
  template <class Key> static Number from_default(const Key &key) { return *key.by_default; }
};

template <> struct key_traits<std::int16_t> : number_traits<std::int16_t, SLUICE_CONFIG_SHORT> {};
template <> struct key_traits<std::int32_t> : number_traits<std::int32_t, SLUICE_CONFIG_INT> {};
template <> struct key_traits<std::int64_t> : number_traits<std::int64_t, SLUICE_CONFIG_LONG> {};

template <> struct key_traits<double> {
  using default_type = std::string_view;
  static constexpr std::int32_t abi_type = SLUICE_CONFIG_DOUBLE;
  static constexpr bool is_optional = false;

  template <class Key> static double parse(const Key &key, std::string_view text) {
    return parse_number<double>(key.name, text, "DOUBLE");
  }
  template <class Key> static double checked(const Key &key, double value) {
    check_range(key.name, key.must_be, value);
    return value;
  }
  template <class Key> static double from_default(const Key &key) {
    return parse(key, *key.by_default);
  }
};

template <> struct key_traits<bool> {
  using default_type = bool;
  static constexpr std::int32_t abi_type = SLUICE_CONFIG_BOOLEAN;
  static constexpr bool is_optional = false;

  template <class Key> static bool parse(const Key &key, std::string_view text) {
    std::string lower(trimmed(text));
    for (char &c : lower)
      c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    if (lower != "true" && lower != "false")
      refuse(key.name, trimmed(text), "Expected value to be either true or false");
    return lower == "true";
  }
  template <class Key> static bool checked(const Key &, bool value) { return value; }
  template <class Key> static bool from_default(const Key &key) { return *key.by_default; }
};

template <> struct key_traits<std::string> {
  using default_type = std::string_view;
  static constexpr std::int32_t abi_type = SLUICE_CONFIG_STRING;
  static constexpr bool is_optional = false;

  template <class Key> static std::string parse(const Key &, std::string_view text) {
    return std::string(trimmed(text));
  }
  template <class Key> static std::string checked(const Key &key, std::string value) {
    check_text(key.name, key.must_be, value);
    return value;
  }
  template <class Key> static std::string from_default(const Key &key) {
    return std::string(*key.by_default);
  }
};

template <> struct key_traits<std::vector<std::string>> {
  using default_type = std::string_view;
  static constexpr std::int32_t abi_type = SLUICE_CONFIG_LIST;
  static constexpr bool is_optional = false;

  template <class Key> static std::vector<std::string> parse(const Key &, std::string_view text) {
    std::vector<std::string> parts;
    for (std::string_view rest = trimmed(text); !rest.empty() || !parts.empty();) {
      const auto comma = rest.find(',');
      parts.emplace_back(trimmed(rest.substr(0, comma)));
      if (comma == rest.npos)
        break;
      rest.remove_prefix(comma + 1);
    }
    return parts;
  }
  template <class Key>
  static std::vector<std::string> checked(const Key &, std::vector<std::string> value) {
    return value;
  }
  template <class Key> static std::vector<std::string> from_default(const Key &key) {
    return parse(key, *key.by_default);
  }
};

template <> struct key_traits<secret> {
  using default_type = std::string_view;
  static constexpr std::int32_t abi_type = SLUICE_CONFIG_PASSWORD;
  static constexpr bool is_optional = false;

  template <class Key> static secret parse(const Key &, std::string_view text) {
    return secret(std::string(trimmed(text)));
  }
  template <class Key> static secret checked(const Key &, secret value) { return value; }
  template <class Key> static secret from_default(const Key &key) {
    return secret(std::string(*key.by_default));
  }
};

template <class T> struct key_traits<std::optional<T>> : key_traits<T> {
  static constexpr bool is_optional = true;
};

} // namespace sluice::inline v0::detail
