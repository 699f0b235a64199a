#pragma once

#include <string>
#include <string_view>

namespace host::json {

// JSON bytes as UTF-8. Jackson finds out by the first four bytes, or a byte order mark, whether a
// text is UTF-16 or UTF-32; such a text is rewritten in `scratch`. UTF-8 is returned as it is,
// mark and faults included.
std::string_view to_utf8(std::string_view bytes, std::string &scratch);

} // namespace host::json
