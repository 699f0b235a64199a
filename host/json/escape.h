#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace host::json {

// Appends `text` as a JSON string with its quotes, byte for byte as Jackson does (contract 8.2,
// 17·8.2): `"` `\` and control characters are escaped, `/` and DEL are not, characters up to U+FFFF
// are UTF-8, every surrogate is an escape (`\uD83D\uDE00`). Malformed UTF-8 becomes U+FFFD.
void append_quoted(std::string &out, std::string_view text);

// The number of leading bytes that stand for themselves in a JSON string: ASCII without quote,
// backslash and control characters.
std::size_t plain_prefix(std::string_view text);

} // namespace host::json
