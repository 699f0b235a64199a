#include "host/json/fault.h"

#include <algorithm>

namespace host::json {
namespace {

constexpr std::string_view kSource =
    "[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: ";

} // namespace

std::string_view Fault::exception() const {
  switch (kind) {
  case FaultKind::EndOfInput:
    return "com.fasterxml.jackson.core.io.JsonEOFException";
  case FaultKind::Limit:
    return "com.fasterxml.jackson.core.exc.StreamConstraintsException";
  case FaultKind::Empty:
  case FaultKind::Trailing:
    return "com.fasterxml.jackson.databind.exc.MismatchedInputException";
  case FaultKind::Malformed:
    break;
  }
  return "com.fasterxml.jackson.core.JsonParseException";
}

std::string Fault::text() const {
  switch (kind) {
  case FaultKind::Limit:
    return message;
  case FaultKind::Empty:
    return message + "\n at " + std::string(kSource) + "1]";
  default:
    return message + "\n at " + source_text({line, column});
  }
}

Error Fault::to_error(Code code) const { return Error(code, exception(), text()); }

Place place_of(std::string_view text, std::size_t offset) {
  Place place;
  std::size_t row_start = 0;
  const std::size_t end = std::min(offset, text.size());
  for (std::size_t i = 0; i < end; ++i) {
    const bool cr = text[i] == '\r';
    if (!cr && text[i] != '\n')
      continue;
    if (cr && i + 1 < text.size() && text[i + 1] == '\n') {
      if (i + 1 == end)
        break;
      ++i;
    }
    ++place.line;
    row_start = i + 1;
  }
  place.column = offset - row_start + 1;
  return place;
}

std::string source_text(Place place) {
  return std::string(kSource) + std::to_string(place.line) +
         ", column: " + std::to_string(place.column) + "]";
}

} // namespace host::json
