// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sluice/errors.hpp"
#include "sluice/text.hpp"

namespace sluice::inline v0 {

// A flat JSON object: what source partitions and source offsets are. Members keep their order;
// nested values are kept as their text.
class json_object {
public:
  json_object() = default;

  // Throws data_error where the text is not an object.
  static json_object parse(std::string_view text);

  json_object &set(std::string_view name, std::string_view value) {
    return set_raw(name, quoted(value));
  }
  json_object &set(std::string_view name, const char *value) {
    return set(name, std::string_view(value));
  }
  json_object &set(std::string_view name, std::int64_t value) {
    return set_raw(name, format("{}", value));
  }

  bool contains(std::string_view name) const { return raw(name).has_value(); }
  // The member's JSON text.
  std::optional<std::string_view> raw(std::string_view name) const {
    for (const auto &[key, value] : members_)
      if (key == name)
        return value;
    return std::nullopt;
  }
  // Nothing when the member is absent or is not a whole number of 64 bits.
  std::optional<std::int64_t> integer(std::string_view name) const {
    const auto text = raw(name);
    if (!text)
      return std::nullopt;
    std::int64_t value = 0;
    const auto [stop, problem] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (problem != std::errc{} || stop != text->data() + text->size())
      return std::nullopt;
    return value;
  }
  // Nothing when the member is absent or is not a string.
  std::optional<std::string> text(std::string_view name) const;

  std::string to_text() const {
    std::string out = "{";
    for (const auto &[name, value] : members_) {
      out += out.size() > 1 ? "," : "";
      out += quoted(name);
      out += ':';
      out += value;
    }
    return out += '}';
  }

  static std::string quoted(std::string_view text);

private:
  class reader;

  json_object &set_raw(std::string_view name, std::string value) {
    for (auto &[key, old] : members_)
      if (key == name) {
        old = std::move(value);
        return *this;
      }
    members_.emplace_back(name, std::move(value));
    return *this;
  }

  std::vector<std::pair<std::string, std::string>> members_;
};

inline std::string json_object::quoted(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out += '"';
}

// Reads one object; what stands inside a member is only followed to its end.
class json_object::reader {
public:
  explicit reader(std::string_view text) : text_(text) {}

  json_object object() {
    json_object out;
    expect('{');
    if (!accept('}')) {
      do {
        const std::string name = string();
        expect(':');
        out.set_raw(name, std::string(value()));
      } while (accept(','));
      expect('}');
    }
    skip_blanks();
    if (at_ != text_.size())
      fail();
    return out;
  }

  std::string string() {
    expect('"');
    std::string out;
    while (peek() != '"')
      out += peek() == '\\' ? escaped() : std::string(1, text_[at_++]);
    ++at_;
    return out;
  }

private:
  std::string_view value() {
    skip_blanks();
    const std::size_t start = at_;
    std::size_t depth = 0;
    do {
      skip_blanks();
      const char c = peek();
      if (c == '"')
        string();
      else if (c == '{' || c == '[')
        ++depth, ++at_;
      else if (depth > 0 && (c == '}' || c == ']'))
        --depth, ++at_;
      else if (depth > 0 && (c == ',' || c == ':'))
        ++at_;
      else
        scalar();
    } while (depth > 0);
    return text_.substr(start, at_ - start);
  }

  void scalar() {
    const std::size_t start = at_;
    while (at_ < text_.size() &&
           std::string_view(",:{}[]\" \t\r\n").find(text_[at_]) == std::string_view::npos)
      ++at_;
    if (at_ == start)
      fail();
  }

  std::string escaped() {
    ++at_;
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    if (const auto known = kNames.find(peek()); known != kNames.npos) {
      ++at_;
      return std::string(1, kMeant[known]);
    }
    if (text_[at_++] != 'u')
      fail();
    std::uint32_t unit = hex4();
    if (unit >= 0xD800 && unit < 0xDC00 && text_.substr(at_, 2) == "\\u") {
      at_ += 2;
      unit = 0x10000 + ((unit - 0xD800) << 10) + (hex4() - 0xDC00);
    }
    return utf8(unit);
  }

  std::uint32_t hex4() {
    std::uint32_t unit = 0;
    const std::string_view digits = text_.substr(at_, 4);
    const auto [stop, problem] =
        std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
    if (problem != std::errc{} || stop != digits.data() + 4)
      fail();
    at_ += 4;
    return unit;
  }

  static std::string utf8(std::uint32_t point) {
    const auto tail = [&](int shift) { return static_cast<char>(0x80 | ((point >> shift) & 63)); };
    if (point < 0x80)
      return {static_cast<char>(point)};
    if (point < 0x800)
      return {static_cast<char>(0xC0 | (point >> 6)), tail(0)};
    if (point < 0x10000)
      return {static_cast<char>(0xE0 | (point >> 12)), tail(6), tail(0)};
    return {static_cast<char>(0xF0 | (point >> 18)), tail(12), tail(6), tail(0)};
  }

  void skip_blanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
  }
  char peek() const {
    if (at_ >= text_.size())
      fail();
    return text_[at_];
  }
  bool accept(char wanted) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != wanted)
      return false;
    ++at_;
    return true;
  }
  void expect(char wanted) {
    if (!accept(wanted))
      fail();
  }
  [[noreturn]] void fail() const {
    throw data_error("not a JSON object (at character {}): {}", at_, text_);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

inline json_object json_object::parse(std::string_view text) { return reader(text).object(); }

inline std::optional<std::string> json_object::text(std::string_view name) const {
  const auto value = raw(name);
  if (!value || !value->starts_with('"'))
    return std::nullopt;
  return reader(*value).string();
}

} // namespace sluice::inline v0
