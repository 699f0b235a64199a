#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "host/base/clock.h"
#include "host/base/fd.h"
#include "host/link/io_loop.h"

namespace host::link {

// Reads a pipe that foreign code writes to, at a bounded rate: after `bytes_per_turn` bytes it
// looks at the pipe again only after `pause`, so that a flood costs the writer, not this thread.
// Belongs to the loop's thread.
class PipeReader {
public:
  using OnBytes = std::function<void(std::string_view)>;
  struct Rate {
    std::size_t bytes_per_turn = std::size_t{64} << 10;
    Duration pause{100};
  };

  PipeReader(IoLoop &loop, UniqueFd fd, OnBytes on_bytes, Rate rate);
  PipeReader(IoLoop &loop, UniqueFd fd, OnBytes on_bytes)
      : PipeReader(loop, std::move(fd), std::move(on_bytes), Rate()) {}
  PipeReader(const PipeReader &) = delete;
  PipeReader &operator=(const PipeReader &) = delete;

  // Reads what is there now, up to `limit` bytes, whatever the rate: after the writer's end.
  void drain(std::size_t limit = std::size_t{1} << 20);
  // All writers have closed and all was read.
  bool at_end() const { return !fd_.valid(); }

private:
  void watch();
  // False when nothing is left for now.
  bool read_once(std::size_t &budget);

  IoLoop &loop_;
  UniqueFd fd_;
  OnBytes on_bytes_;
  Rate rate_;
  Watch watch_;
  Timer pause_;
};

} // namespace host::link
