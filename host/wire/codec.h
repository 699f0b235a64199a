#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host/base/error.h"

namespace host::wire {

// Kafka's primitive types of the non-flexible versions, big-endian: the body of one request.
class Encoder {
public:
  void int8(std::int8_t value) { number(static_cast<std::uint8_t>(value), 1); }
  void int16(std::int16_t value) { number(static_cast<std::uint16_t>(value), 2); }
  void int32(std::int32_t value) { number(static_cast<std::uint32_t>(value), 4); }
  void int64(std::int64_t value) { number(static_cast<std::uint64_t>(value), 8); }
  void string(std::string_view text); // at most 32767 bytes; longer ones are cut off
  void nullable(const std::optional<std::string> &text);
  void data(std::string_view bytes); // with an int32 length

  const std::string &bytes() const { return bytes_; }

private:
  void number(std::uint64_t value, int size);
  std::string bytes_;
};

// Reads foreign bytes: past the end or after a bad length every read gives zero or nothing, and
// finish() is an error.
class Decoder {
public:
  explicit Decoder(std::string_view bytes) : rest_(bytes) {}

  std::int8_t int8() { return static_cast<std::int8_t>(number(1)); }
  std::int16_t int16() { return static_cast<std::int16_t>(number(2)); }
  std::int32_t int32() { return static_cast<std::int32_t>(number(4)); }
  std::int64_t int64() { return static_cast<std::int64_t>(number(8)); }
  std::string string();                  // null is a fault
  std::optional<std::string> nullable(); // null is allowed
  std::string data();                    // with an int32 length; null is empty
  std::optional<std::string> nullable_data();
  // The number of items that follow, never more than there can be with `least` bytes each.
  std::int32_t count(std::size_t least);
  std::optional<std::int32_t> nullable_count(std::size_t least); // a null array is allowed

  bool at_end() const { return rest_.empty(); }
  bool broken() const { return broken_; }
  // Data error unless exactly everything was read.
  Status finish(std::string_view what) const;

private:
  std::uint64_t number(std::size_t size);
  std::optional<std::string> text(std::int32_t size);

  std::string_view rest_;
  bool broken_ = false;
};

// A request or response frame is an int32 size and that many bytes.
inline constexpr std::int32_t kLargestFrame = 64 << 20;

// `i32 size | i16 api_key | i16 version | i32 correlation | nstr client_id | body`.
std::string request_frame(std::int16_t api_key, std::int16_t version, std::int32_t correlation,
                          const std::string &client_id, const Encoder &body);

} // namespace host::wire
