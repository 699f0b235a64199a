#include "host/base/utf8.h"

#include <cstring>

namespace host::utf8 {
namespace {

constexpr bool continuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

Decoded malformed(std::size_t size) {
  return {kReplacement, static_cast<std::uint8_t>(size), false};
}

// Java gives up after the first byte when the second cannot follow it, else after the last byte
// that could.
Decoded decode3(const unsigned char *p, std::size_t left) {
  if (left < 2 || !continuation(p[1]) || (p[0] == 0xE0 && p[1] < 0xA0))
    return malformed(1);
  if (left < 3 || !continuation(p[2]))
    return malformed(2);
  const char32_t code = char32_t(p[0] & 0x0F) << 12 | char32_t(p[1] & 0x3F) << 6 | (p[2] & 0x3F);
  return {code, 3, true};
}

Decoded decode4(const unsigned char *p, std::size_t left) {
  if (p[0] > 0xF4 || left < 2 || !continuation(p[1]) || (p[0] == 0xF0 && p[1] < 0x90) ||
      (p[0] == 0xF4 && p[1] > 0x8F))
    return malformed(1);
  if (left < 3 || !continuation(p[2]))
    return malformed(2);
  if (left < 4 || !continuation(p[3]))
    return malformed(3);
  const char32_t code = char32_t(p[0] & 0x07) << 18 | char32_t(p[1] & 0x3F) << 12 |
                        char32_t(p[2] & 0x3F) << 6 | (p[3] & 0x3F);
  return {code, 4, true};
}

} // namespace

Decoded decode(std::string_view text) {
  if (text.empty())
    return {};
  const auto *p = reinterpret_cast<const unsigned char *>(text.data());
  if (p[0] < 0x80)
    return {p[0], 1, true};
  if (p[0] < 0xC2)
    return malformed(1);
  if (p[0] < 0xE0) {
    if (text.size() < 2 || !continuation(p[1]))
      return malformed(1);
    return {char32_t(p[0] & 0x1F) << 6 | (p[1] & 0x3F), 2, true};
  }
  return p[0] < 0xF0 ? decode3(p, text.size()) : decode4(p, text.size());
}

void append(std::string &out, char32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

std::size_t ascii_prefix(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080ULL;
  std::size_t at = 0;
  while (at + 8 <= text.size()) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    if ((word & kHighBits) != 0)
      break;
    at += 8;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80)
    ++at;
  return at;
}

bool valid(std::string_view text) {
  for (;;) {
    text.remove_prefix(ascii_prefix(text));
    if (text.empty())
      return true;
    const Decoded next = decode(text);
    if (!next.valid || is_surrogate(next.code))
      return false;
    text.remove_prefix(next.size);
  }
}

void append_repaired(std::string &out, std::string_view text) {
  while (!text.empty()) {
    const std::size_t plain = ascii_prefix(text);
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty())
      return;
    const Decoded next = decode(text);
    if (next.valid && !is_surrogate(next.code))
      out.append(text.substr(0, next.size));
    else
      append(out, kReplacement);
    text.remove_prefix(next.size);
  }
}

std::size_t utf16_length(std::string_view text) {
  std::size_t units = 0;
  while (!text.empty()) {
    const std::size_t plain = ascii_prefix(text);
    units += plain;
    text.remove_prefix(plain);
    if (text.empty())
      break;
    const Decoded next = decode(text);
    units += next.code >= 0x10000 ? 2 : 1;
    text.remove_prefix(next.size);
  }
  return units;
}

} // namespace host::utf8
