#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "host/base/error.h"

namespace host::link {

inline constexpr std::size_t kFrameHeaderBytes = 4;

std::string frame_header(std::size_t length);

// Cuts a stream of bytes into frames. Holds memory only while a frame is incomplete, and never more
// than has arrived: an announced length allocates nothing.
class FrameReader {
public:
  // Takes bytes and gives the frames that they complete to `on_frame`, which returns false to stop.
  // Data error: an impossible length; the stream cannot be read any further.
  template <class F> host::Status feed(std::string_view bytes, F &&on_frame) {
    buffer_.append(bytes);
    std::size_t used = 0;
    while (true) {
      HOST_ASSIGN(const std::optional<std::string_view> frame, next(used));
      if (!frame)
        break;
      used += kFrameHeaderBytes + frame->size();
      if (!on_frame(std::string(*frame)))
        return {};
    }
    keep_from(used);
    return {};
  }

private:
  Result<std::optional<std::string_view>> next(std::size_t from) const;
  void keep_from(std::size_t used);

  std::string buffer_;
};

} // namespace host::link
