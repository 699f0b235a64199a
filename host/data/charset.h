#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace host::data {

// The character sets that StringConverter offers.
enum class Charset : std::uint8_t { Utf8 = 1, Latin1, Ascii, Utf16, Utf16Be, Utf16Le };

// By a Java name or alias, any case: `UTF-8`, `utf8`, `ISO-8859-1`, `latin1`, `US-ASCII`, `UTF-16`.
std::optional<Charset> charset_of(std::string_view name);

// Bytes to UTF-8; what is malformed becomes U+FFFD, as in Java. UTF-16 obeys a byte order mark.
void append_decoded(std::string &out, Charset charset, std::string_view bytes);
// UTF-8 to bytes; what cannot be written becomes `?`. UTF-16 starts with a big-endian mark.
void append_encoded(std::string &out, Charset charset, std::string_view utf8);

// Replaces lone surrogates, which text inside the host may hold (host/base/utf8.h), by `?`.
void replace_surrogates(std::string &utf8);
// A quick look whether there may be any.
bool may_hold_surrogates(std::string_view utf8);

} // namespace host::data
