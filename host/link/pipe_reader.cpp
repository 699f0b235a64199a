#include "host/link/pipe_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace host::link {

PipeReader::PipeReader(IoLoop &loop, UniqueFd fd, OnBytes on_bytes, Rate rate)
    : loop_(loop), fd_(std::move(fd)), on_bytes_(std::move(on_bytes)), rate_(rate) {
  ::fcntl(fd_.get(), F_SETFL, ::fcntl(fd_.get(), F_GETFL) | O_NONBLOCK);
  watch();
}

void PipeReader::watch() {
  watch_ = loop_.watch_readable(fd_.get(), [this] {
    std::size_t budget = rate_.bytes_per_turn;
    while (budget > 0 && read_once(budget))
      continue;
    if (budget > 0 || !fd_)
      return;
    watch_.reset();
    pause_ = loop_.after(rate_.pause, [this] { watch(); });
  });
}

void PipeReader::drain(std::size_t limit) {
  while (limit > 0 && fd_ && read_once(limit))
    continue;
}

bool PipeReader::read_once(std::size_t &budget) {
  char bytes[16 * 1024];
  const ssize_t n = ::read(fd_.get(), bytes, std::min(budget, sizeof bytes));
  if (n < 0 && errno == EINTR)
    return true;
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    return false;
  if (n <= 0) {
    watch_.reset();
    pause_.reset();
    fd_.reset();
    return false;
  }
  budget -= static_cast<std::size_t>(n);
  on_bytes_({bytes, static_cast<std::size_t>(n)});
  return true;
}

} // namespace host::link
