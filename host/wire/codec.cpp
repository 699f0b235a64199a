#include "host/wire/codec.h"

#include <algorithm>
#include <limits>

namespace host::wire {

void Encoder::number(std::uint64_t value, int size) {
  for (int shift = (size - 1) * 8; shift >= 0; shift -= 8)
    bytes_ += static_cast<char>(value >> shift & 0xFF);
}

void Encoder::string(std::string_view text) {
  text = text.substr(0, std::numeric_limits<std::int16_t>::max());
  int16(static_cast<std::int16_t>(text.size()));
  bytes_ += text;
}

void Encoder::nullable(const std::optional<std::string> &text) {
  if (text)
    string(*text);
  else
    int16(-1);
}

void Encoder::data(std::string_view bytes) {
  int32(static_cast<std::int32_t>(bytes.size()));
  bytes_ += bytes;
}

std::uint64_t Decoder::number(std::size_t size) {
  if (rest_.size() < size) {
    broken_ = true;
    rest_ = {};
    return 0;
  }
  std::uint64_t value = 0;
  for (char c : rest_.substr(0, size))
    value = value << 8 | static_cast<unsigned char>(c);
  rest_.remove_prefix(size);
  return value;
}

std::optional<std::string> Decoder::text(std::int32_t size) {
  if (size < -1 || static_cast<std::size_t>(std::max(size, 0)) > rest_.size()) {
    broken_ = true;
    rest_ = {};
    return std::nullopt;
  }
  if (size == -1)
    return std::nullopt;
  std::string result(rest_.substr(0, static_cast<std::size_t>(size)));
  rest_.remove_prefix(static_cast<std::size_t>(size));
  return result;
}

std::optional<std::string> Decoder::nullable() { return text(int16()); }

std::string Decoder::string() {
  auto result = nullable();
  if (!result)
    broken_ = true;
  return std::move(result).value_or("");
}

std::optional<std::string> Decoder::nullable_data() { return text(int32()); }

std::string Decoder::data() { return nullable_data().value_or(""); }

std::int32_t Decoder::count(std::size_t least) {
  const auto items = nullable_count(least);
  if (!items)
    broken_ = true;
  return items.value_or(0);
}

std::optional<std::int32_t> Decoder::nullable_count(std::size_t least) {
  const std::int32_t items = int32();
  if (items == -1)
    return std::nullopt;
  if (items < 0 || static_cast<std::size_t>(items) > rest_.size() / least) {
    broken_ = true;
    return 0;
  }
  return items;
}

Status Decoder::finish(std::string_view what) const {
  if (!broken_ && rest_.empty())
    return {};
  return fail(Code::Data, std::string(what) + (broken_ ? ": the broker's answer is malformed"
                                                       : ": the broker's answer is too long"));
}

std::string request_frame(std::int16_t api_key, std::int16_t version, std::int32_t correlation,
                          const std::string &client_id, const Encoder &body) {
  Encoder head;
  head.int16(api_key);
  head.int16(version);
  head.int32(correlation);
  head.string(client_id);
  Encoder frame;
  frame.int32(static_cast<std::int32_t>(head.bytes().size() + body.bytes().size()));
  return frame.bytes() + head.bytes() + body.bytes();
}

} // namespace host::wire
