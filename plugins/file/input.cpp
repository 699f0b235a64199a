#include "input.h"

#include <fcntl.h>
#include <poll.h>

#include <cerrno>
#include <cstring>

namespace file {

using sluice::fatal_error;
namespace log = sluice::log;

Input::Input(const sluice::context &context, std::optional<std::string> path, std::int64_t position)
    : context_(context), path_(std::move(path)), position_(position), watch_(path_.value_or("")) {
  if (!path_) {
    descriptor_ = Descriptor(STDIN_FILENO);
    is_stream_ = true;
  }
}

Input::Result Input::read(std::span<char> room) {
  if (!is_open())
    return open();
  if (is_stream_)
    return read_stream(room);
  if (is_unchanged())
    return {};
  const ssize_t n = ::read(descriptor_.get(), room.data(), room.size());
  if (n < 0 && errno == EINTR)
    return {Outcome::Data, 0};
  if (n < 0)
    fail("read", errno);
  if (n == 0)
    return look_for_change();
  position_ += n;
  watch_.reset_interval();
  return {Outcome::Data, static_cast<std::size_t>(n)};
}

Input::Result Input::open() {
  // Non-blocking and for writing too where it is a FIFO: a reader then neither waits for the first
  // writer nor sees an end when the last one leaves.
  Descriptor opened(::open(path_->c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!opened.is_open() && errno == ENOENT) {
    if (!has_warned_missing_)
      log::warn(context_, "{} does not exist; waiting for it", *path_);
    has_warned_missing_ = true;
    return {};
  }
  if (!opened.is_open())
    fail("open", errno);
  if (::fstat(opened.get(), &opened_) != 0)
    fail("open", errno);
  if (S_ISDIR(opened_.st_mode))
    throw fatal_error("{} is a directory; 'file' must name a file", *path_);
  if (S_ISFIFO(opened_.st_mode)) {
    opened = Descriptor(::open(path_->c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
    if (!opened.is_open())
      fail("open", errno);
  }
  is_stream_ = !S_ISREG(opened_.st_mode);
  is_at_path_ = false;
  has_warned_missing_ = false;
  descriptor_ = std::move(opened);
  log::debug(context_, "opened {}", *path_);
  return is_stream_ ? Result{Outcome::Data, 0} : go_to(position_);
}

Input::Result Input::go_to(std::int64_t position) {
  struct stat now {};
  if (::fstat(descriptor_.get(), &now) != 0)
    fail("look at", errno);
  const bool is_shorter = now.st_size < position;
  if (is_shorter)
    log::warn(context_,
              "{} has {} bytes, fewer than the {} that were read before: it was truncated or "
              "replaced; reading it from its beginning",
              *path_, now.st_size, position);
  position_ = is_shorter ? 0 : position;
  if (::lseek(descriptor_.get(), position_, SEEK_SET) < 0)
    fail("find the last position in", errno);
  ::posix_fadvise(descriptor_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  return {is_shorter ? Outcome::Cut : Outcome::Data, 0};
}

Input::Result Input::read_stream(std::span<char> room) {
  pollfd ready{.fd = descriptor_.get(), .events = POLLIN, .revents = 0};
  if (has_ended_ || ::poll(&ready, 1, 0) <= 0)
    return {};
  const ssize_t n = ::read(descriptor_.get(), room.data(), room.size());
  if (n > 0)
    return {Outcome::Data, static_cast<std::size_t>(n)};
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return {};
  if (n < 0)
    fail("read", errno);
  has_ended_ = true;
  log::info(context_, "{} is at its end", name());
  return {Outcome::Ended, 0};
}

// While nothing happens one look is enough: the path leads to the open file, and that ends where it
// was read to.
bool Input::is_unchanged() {
  struct stat at_path {};
  is_at_path_ = is_at_path_ && ::stat(path_->c_str(), &at_path) == 0 && is_opened(at_path) &&
                at_path.st_size == position_;
  return is_at_path_;
}

Input::Result Input::look_for_change() {
  struct stat open_file {};
  struct stat at_path {};
  if (::fstat(descriptor_.get(), &open_file) != 0)
    fail("look at", errno);
  if (open_file.st_size < position_)
    return go_to(position_);
  if (!is_replaced_) {
    const bool is_there = ::stat(path_->c_str(), &at_path) == 0;
    is_at_path_ = is_there && is_opened(at_path);
    is_replaced_ = is_there && !is_at_path_ && at_path.st_size > 0;
    // Its last bytes may have come since the read: a replaced file is read to its end once more.
    return {is_replaced_ ? Outcome::Data : Outcome::Nothing, 0};
  }
  log::info(context_, "{} was replaced after {} bytes; reading the new file", *path_, position_);
  is_replaced_ = false;
  is_at_path_ = false;
  position_ = 0;
  descriptor_ = Descriptor();
  return {Outcome::Ended, 0};
}

bool Input::wait(sluice::waiter &waiter, std::chrono::milliseconds max_wait) {
  if (is_stream_) {
    const int fd = has_ended_ ? -1 : descriptor_.get();
    return waiter.wait(max_wait, fd) == sluice::waiter::result::readable;
  }
  const ChangeWatch::Scene scene{.descriptor = descriptor_.get(),
                                 .inode = is_open() ? opened_.st_ino : 0,
                                 .path_is_other = !is_at_path_};
  return watch_.wait(waiter, scene, max_wait);
}

bool Input::is_opened(const struct stat &other) const noexcept {
  return other.st_ino == opened_.st_ino && other.st_dev == opened_.st_dev;
}

void Input::fail(const char *doing, int error) const {
  throw fatal_error("cannot {} {}: {}", doing, name(), std::strerror(error));
}

} // namespace file
