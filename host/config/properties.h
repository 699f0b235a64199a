#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"
#include "host/base/strings.h"

namespace host::config {

struct Property {
  std::string key;
  std::string value;
  std::int32_t line = 0; // where the key stands, from 1
};

// A file in the syntax of java.util.Properties (contract 16.5), with the line of each key.
struct Properties {
  std::string file;
  std::vector<Property> entries; // in the order of the file; of equal keys only the last

  StringMap map() const;
  const Property *find(std::string_view key) const;
};

enum class Encoding : std::uint8_t {
  Latin1 = 1, // as Java reads worker and connector files
  Utf8,       // as it reads the files of config providers; must be well-formed
};

// The result is UTF-8. The only malformed input is a broken \u escape: an error that names file and
// line.
Result<Properties> parse_properties(std::string_view bytes, std::string file,
                                    Encoding encoding = Encoding::Latin1);
Result<Properties> read_properties(const std::string &path);

} // namespace host::config
