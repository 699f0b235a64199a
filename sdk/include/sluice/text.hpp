// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "sluice/abi/base.h"

// Text on its way over the ABI, and a small formatter with `{}` as its only placeholder.
namespace sluice::inline v0 {

// Borrows. Empty text is present; an absent one is `sluice_str{}`.
constexpr sluice_str to_abi(std::string_view text) noexcept {
  return {text.data() != nullptr ? text.data() : "", text.size()};
}

constexpr std::string_view view(sluice_str text) noexcept {
  return text.ptr != nullptr ? std::string_view(text.ptr, text.len) : std::string_view();
}

// How a value is written into messages. Give your own type an overload in its namespace.
inline void append_text(std::string &out, std::string_view value) { out += value; }
inline void append_text(std::string &out, sluice_str value) { out += view(value); }
inline void append_text(std::string &out, const char *value) { out += value; }
inline void append_text(std::string &out, char value) { out += value; }
// Of bool itself: pointers would convert to it.
inline void append_text(std::string &out, std::same_as<bool> auto value) {
  out += value ? "true" : "false";
}

template <class T>
concept number = (std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>) ||
                 std::floating_point<T>;

void append_text(std::string &out, number auto value) {
  char digits[64];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
  out.append(digits, end);
}

template <class T>
concept formattable = requires(std::string &out, const T &value) {
  append_text(out, value);
};

// A format string whose placeholders are counted by the compiler. It also knows where it stands in
// the source, for log records.
template <formattable... Args> class format_text {
public:
  template <class Text>
  requires std::convertible_to<const Text &, std::string_view>
  consteval format_text(const Text &text, const char *file = __builtin_FILE(),
                        int line = __builtin_LINE())
      : text_(text), file_(file), line_(line) {
    if (count_placeholders(text_) != sizeof...(Args))
      throw "the number of {} differs from the number of arguments";
  }

  std::string_view text() const noexcept { return text_; }
  std::string_view file() const noexcept { return file_; }
  int line() const noexcept { return line_; }

private:
  static consteval std::size_t count_placeholders(std::string_view text) {
    std::size_t count = 0;
    for (auto at = text.find("{}"); at != text.npos; at = text.find("{}", at + 2))
      ++count;
    return count;
  }

  std::string_view text_;
  std::string_view file_;
  int line_;
};

template <class... Args>
std::string format(format_text<std::type_identity_t<Args>...> format, const Args &...args) {
  std::string out;
  std::string_view rest = format.text();
  [[maybe_unused]] const auto put = [&](const auto &arg) {
    const auto at = rest.find("{}");
    out += rest.substr(0, at);
    rest.remove_prefix(at + 2);
    append_text(out, arg);
  };
  (put(args), ...);
  out += rest;
  return out;
}

} // namespace sluice::inline v0
