#include "host/data/base64.h"

#include <array>
#include <cstdint>

namespace host::data {
namespace {

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> make_values() {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (int i = 0; i < 64; ++i)
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
  return values;
}
constexpr std::array<std::int8_t, 256> kValues = make_values();

std::string_view without_outer_space(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ')
    text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ')
    text.remove_suffix(1);
  return text;
}

} // namespace

void append_base64(std::string &out, std::string_view bytes) {
  const auto *p = reinterpret_cast<const unsigned char *>(bytes.data());
  std::size_t left = bytes.size();
  out.reserve(out.size() + (left + 2) / 3 * 4);
  for (; left >= 3; left -= 3, p += 3) {
    const std::uint32_t word = std::uint32_t{p[0]} << 16 | std::uint32_t{p[1]} << 8 | p[2];
    const char group[4] = {kAlphabet[word >> 18], kAlphabet[word >> 12 & 63],
                           kAlphabet[word >> 6 & 63], kAlphabet[word & 63]};
    out.append(group, 4);
  }
  if (left == 0)
    return;
  const std::uint32_t word = std::uint32_t{p[0]} << 16 | (left == 2 ? std::uint32_t{p[1]} << 8 : 0);
  out += kAlphabet[word >> 18];
  out += kAlphabet[word >> 12 & 63];
  out += left == 2 ? kAlphabet[word >> 6 & 63] : '=';
  out += '=';
}

bool decode_base64(std::string_view given, std::string &out) {
  out.clear();
  const std::string_view text = without_outer_space(given);
  if (text.size() % 4 != 0)
    return false;
  for (std::size_t at = 0; at < text.size(); at += 4) {
    std::uint32_t word = 0;
    std::size_t padding = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const auto c = static_cast<unsigned char>(text[at + i]);
      if (c == '=' && i >= 2 && at + 4 == text.size()) {
        ++padding;
        word <<= 6;
        continue;
      }
      if (kValues[c] < 0 || padding > 0)
        return false;
      word = word << 6 | static_cast<std::uint32_t>(kValues[c]);
    }
    const char group[3] = {static_cast<char>(word >> 16), static_cast<char>(word >> 8),
                           static_cast<char>(word)};
    out.append(group, 3 - padding);
  }
  return true;
}

} // namespace host::data
