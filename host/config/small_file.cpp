#include "host/config/small_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "host/base/fd.h"

namespace host::config {

Result<std::string> read_small_file(const std::filesystem::path &path) {
  const auto failed = [&](std::string_view why) {
    return fail(Code::Io, fmt::format("{}: {}", path.string(), why));
  };
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (!file || ::fstat(file.get(), &info) != 0)
    return failed(std::strerror(errno));
  if (!S_ISREG(info.st_mode))
    return failed("is not a regular file");
  std::string bytes;
  char piece[16 * 1024];
  for (;;) {
    const ssize_t n = ::read(file.get(), piece, sizeof piece);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return failed(std::strerror(errno));
    if (n == 0)
      return bytes;
    bytes.append(piece, static_cast<std::size_t>(n));
    if (bytes.size() > kMaxProvidedBytes)
      return failed("is too large for configuration values");
  }
}

} // namespace host::config
