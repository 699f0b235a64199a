#include "host/link/frame_reader.h"

#include <fmt/format.h>

#include "host/link/channel.h"

namespace host::link {

std::string frame_header(std::size_t length) {
  std::string header(kFrameHeaderBytes, '\0');
  for (std::size_t i = 0; i < kFrameHeaderBytes; ++i)
    header[i] = static_cast<char>(length >> (8 * (kFrameHeaderBytes - 1 - i)) & 0xff);
  return header;
}

Result<std::optional<std::string_view>> FrameReader::next(std::size_t from) const {
  const std::string_view rest = std::string_view(buffer_).substr(from);
  if (rest.size() < kFrameHeaderBytes)
    return std::nullopt;
  std::size_t length = 0;
  for (std::size_t i = 0; i < kFrameHeaderBytes; ++i)
    length = length << 8 | static_cast<unsigned char>(rest[i]);
  if (length == 0 || length > kMaxFrameBytes)
    return fail(Code::Data, fmt::format("a frame of {} bytes was announced; allowed are 1 to {}",
                                        length, kMaxFrameBytes));
  if (rest.size() - kFrameHeaderBytes < length)
    return std::nullopt;
  return rest.substr(kFrameHeaderBytes, length);
}

void FrameReader::keep_from(std::size_t used) {
  if (used == buffer_.size())
    buffer_ = std::string(); // an idle link holds nothing
  else if (used > 0)
    buffer_.erase(0, used);
}

} // namespace host::link
