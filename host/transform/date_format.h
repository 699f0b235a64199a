#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"

namespace host::transform {

// java.text.SimpleDateFormat in UTC and the locale en_US, lenient (contract 16.3). Immutable; any
// thread.
class DateFormat {
public:
  // Error: Java's IllegalArgumentException, as in `Illegal pattern character 'b'`.
  static Result<DateFormat> compile(std::string_view pattern);

  const std::string &pattern() const { return pattern_; }
  void append(std::string &out, std::int64_t ms_since_epoch) const;
  // Milliseconds since the epoch of the date that the text begins with; nothing if it does not. Of
  // time zones it knows offsets, UTC, GMT and the usual ones of the United States.
  std::optional<std::int64_t> parse(std::string_view text) const;

private:
  // A run of one pattern letter, or literal text (letter 0).
  struct Item {
    char letter;
    std::uint32_t count;
    std::string literal;
  };
  class Reader;

  explicit DateFormat(std::string_view pattern);
  Status add_items();
  Status add_letters(std::size_t &at);

  std::string pattern_;
  std::vector<Item> items_;
  std::int32_t century_start_; // the year from which two digits are read: 80 years ago
  std::int64_t century_start_ms_;
};

} // namespace host::transform
