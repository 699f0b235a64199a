#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "host/base/error.h"
#include "host/base/fd.h"

namespace host::link {

class IoLoop;

inline constexpr std::size_t kMaxFrameBytes = std::size_t{16} << 20;
inline constexpr std::size_t kMaxQueuedBytes = std::size_t{4} << 20;

// One end of a two-way stream of frames. Made anywhere, then belongs to the loop it is opened on:
// all calls and handlers on that loop's thread. Sending never blocks; a peer that does not read is
// at fault once more than kMaxQueuedBytes wait behind the frame that is under way (one larger frame
// may wait alone).
class Channel {
public:
  struct Handlers {
    std::function<void(std::string frame)> on_frame;
    // Once at most, and nothing after it. Unavailable: the other end is gone, all its frames were
    // handed out. Data: it sent what is no frame. Timeout: it does not read. Io: the system.
    // Cancelled: finish() is through.
    std::function<void(Error reason)> on_closed;
  };

  virtual ~Channel() = default; // closes, silently
  virtual void open(IoLoop &loop, Handlers handlers) = 0;
  // Does not call back before it returns.
  virtual void send(std::string frame) = 0;
  // Sends what is queued, then closes and says so. No frame arrives any more.
  virtual void finish() = 0;
  // Closes at once; no handler runs afterwards.
  virtual void close() = 0;
};

// Over one end of a Unix stream socketpair: four bytes of length, most significant first, then the
// text.
std::unique_ptr<Channel> socket_channel(UniqueFd socket);
Result<std::pair<UniqueFd, UniqueFd>> socket_pair();

// Two ends in one process with the same limits and order of events.
std::pair<std::unique_ptr<Channel>, std::unique_ptr<Channel>> memory_channels();

} // namespace host::link
