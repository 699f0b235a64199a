#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "host/base/error.h"

namespace host::json {

// Which of Jackson's exceptions a text deserves.
enum class FaultKind : std::uint8_t {
  Malformed = 1, // JsonParseException
  EndOfInput,    // JsonEOFException: the text stops too early
  Limit,         // StreamConstraintsException: depth, length of a number, name or string
  Empty,         // MismatchedInputException: nothing but white space
  Trailing,      // MismatchedInputException: a second value
};

// What is wrong with a text, in Jackson's words, and where. Line and column start at 1 and count
// bytes, as Jackson does for byte input.
struct Fault {
  FaultKind kind = FaultKind::Malformed;
  std::size_t offset = 0;
  std::size_t line = 1;
  std::size_t column = 1;
  std::string message; // without the place

  // `com.fasterxml.jackson.core.JsonParseException`, …
  std::string_view exception() const;
  // The message of Jackson's exception, with ` at [Source: …; line: 1, column: 2]` on its own line.
  std::string text() const;
  // An Error of that class and text.
  Error to_error(Code code = Code::Data) const;
};

struct Place {
  std::size_t line = 1;
  std::size_t column = 1;
};
// Line and column of a byte offset; CR, LF and CR LF end a line.
Place place_of(std::string_view text, std::size_t offset);
// `[Source: REDACTED (…); line: 1, column: 2]`, as Jackson prints a place.
std::string source_text(Place place);

} // namespace host::json
