#include "host/json/encoding.h"

#include <cstdint>

#include "host/base/utf8.h"

namespace host::json {
namespace {

struct Encoding {
  std::size_t unit = 1; // bytes
  bool big_endian = true;
  std::size_t mark = 0; // bytes of a byte order mark
};

Encoding detect(std::string_view bytes) {
  const auto at = [&](std::size_t i) {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0xAAU;
  };
  const std::uint32_t pair = at(0) << 8 | at(1);
  const std::uint32_t quad = pair << 16 | at(2) << 8 | at(3);
  if (bytes.size() >= 4) {
    if (quad == 0x0000FEFF)
      return {4, true, 4};
    if (quad == 0xFFFE0000)
      return {4, false, 4};
  }
  if (bytes.size() >= 2 && pair == 0xFEFF)
    return {2, true, 2};
  if (bytes.size() >= 2 && pair == 0xFFFE)
    return {2, false, 2};
  if (bytes.size() >= 4 && quad >> 8 == 0)
    return {4, true, 0};
  if (bytes.size() >= 4 && (quad & 0x00FFFFFF) == 0)
    return {4, false, 0};
  if (bytes.size() >= 2 && (pair & 0xFF00) == 0)
    return {2, true, 0};
  if (bytes.size() >= 2 && (pair & 0x00FF) == 0)
    return {2, false, 0};
  return {};
}

char32_t unit_at(std::string_view bytes, std::size_t at, const Encoding &encoding) {
  char32_t unit = 0;
  for (std::size_t i = 0; i < encoding.unit; ++i) {
    const std::size_t from = encoding.big_endian ? i : encoding.unit - 1 - i;
    unit = unit << 8 | static_cast<unsigned char>(bytes[at + from]);
  }
  return unit;
}

} // namespace

std::string_view to_utf8(std::string_view bytes, std::string &scratch) {
  // The first byte of a JSON text in UTF-8 is never zero nor one of a mark's, and neither is the
  // second.
  if (bytes.size() < 2 || (bytes[0] > 0 && bytes[1] != 0))
    return bytes;
  const Encoding encoding = detect(bytes);
  if (encoding.unit == 1)
    return bytes;
  scratch.clear();
  std::size_t at = encoding.mark;
  for (; at + encoding.unit <= bytes.size(); at += encoding.unit) {
    char32_t code = unit_at(bytes, at, encoding);
    if (encoding.unit == 2 && utf8::is_high_surrogate(code) && at + 4 <= bytes.size()) {
      const char32_t low = unit_at(bytes, at + 2, encoding);
      if (utf8::is_low_surrogate(low)) {
        code = utf8::combine(code, low);
        at += 2;
      }
    }
    utf8::append(scratch, code <= 0x10FFFF ? code : utf8::kReplacement);
  }
  if (at < bytes.size())
    utf8::append(scratch, utf8::kReplacement);
  if (scratch.empty()) // a mark alone is no blank text, but one that stops too early
    return "\xEF\xBB\xBF";
  return scratch;
}

} // namespace host::json
