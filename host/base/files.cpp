#include "host/base/files.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

namespace host {

Result<std::string> read_file(const std::string &path) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  std::ostringstream bytes;
  // The stream operator, unlike an iterator, does not throw where the path is a folder. It takes an
  // empty file for a failure, without an errno.
  if (!in || (!(bytes << in.rdbuf()) && errno != 0))
    return fail(Code::Io, std::strerror(errno));
  return std::move(bytes).str();
}

} // namespace host
