#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace host::data {

// Standard alphabet, padded.
void append_base64(std::string &out, std::string_view bytes);

// The bytes of a base64 text as Jackson reads it: padding required, white space at both ends only
// (contract 17·8.2). Nothing if it is none. The result lies in `out`, which is cleared first.
bool decode_base64(std::string_view text, std::string &out);

} // namespace host::data
