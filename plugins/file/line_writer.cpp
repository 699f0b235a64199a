#include "line_writer.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

namespace file {
namespace {

constexpr std::size_t kPiece = 64 * 1024;
constexpr mode_t kMode = 0666; // less the umask

bool may_pass(int error) { return error == ENOSPC || error == EDQUOT || error == EAGAIN; }

} // namespace

LineWriter::LineWriter(const sluice::context &context, std::optional<std::string> path)
    : name_(path.value_or("standard output")), is_file_(path.has_value()) {
  buffer_.reserve(kPiece);
  if (!is_file_) {
    descriptor_ = Descriptor(STDOUT_FILENO);
    return;
  }
  descriptor_ = Descriptor(::open(path->c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, kMode));
  if (!descriptor_.is_open())
    throw sluice::fatal_error(
        "Couldn't find or create file '{}' for FileStreamSinkTask\nCaused by: {}", *path,
        std::strerror(errno));
  end_last_line(context);
}

// Not truncated: what is there may be somebody's last line, and a part of a record does no harm,
// because that record's offset was not committed and it comes again as a whole.
void LineWriter::end_last_line(const sluice::context &context) const {
  struct stat status {};
  if (::fstat(descriptor_.get(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0)
    return;
  const Descriptor reader(::open(name_.c_str(), O_RDONLY | O_CLOEXEC));
  char last = 0;
  if (!reader.is_open() || ::pread(reader.get(), &last, 1, status.st_size - 1) != 1 || last == '\n')
    return;
  if (::write(descriptor_.get(), "\n", 1) != 1)
    throw sluice::fatal_error("cannot end the last line of {}: {}", name_, std::strerror(errno));
  sluice::log::warn(context, "{} did not end with a whole line; ended it", name_);
}

void LineWriter::append(std::string_view text) {
  if (!buffer_.empty() && buffer_.size() + text.size() + 1 > kPiece)
    write_out();
  buffer_ += text;
  buffer_ += '\n';
}

void LineWriter::write_out() {
  std::size_t written = 0;
  while (written < buffer_.size()) {
    const ssize_t n =
        ::write(descriptor_.get(), buffer_.data() + written, buffer_.size() - written);
    if (n >= 0) {
      written += static_cast<std::size_t>(n);
      continue;
    }
    const int error = errno;
    if (error == EINTR)
      continue;
    if (written > 0)
      is_inside_line_ = buffer_[written - 1] != '\n';
    buffer_.erase(0, written);
    if (may_pass(error))
      throw sluice::retriable_error("cannot write to {}: {}", name_, std::strerror(error));
    throw sluice::fatal_error("cannot write to {}: {}", name_, std::strerror(error));
  }
  buffer_.clear();
  is_inside_line_ = false;
  if (buffer_.capacity() > 2 * kPiece) { // after a line that was longer
    buffer_.shrink_to_fit();
    buffer_.reserve(kPiece);
  }
}

void LineWriter::forget_unwritten() {
  buffer_.resize(is_inside_line_ ? buffer_.find('\n') + 1 : 0);
}

void LineWriter::sync() {
  // EINVAL: a FIFO or device, which has no disk.
  if (is_file_ && ::fdatasync(descriptor_.get()) != 0 && errno != EINVAL)
    throw sluice::retriable_error("cannot bring {} to the disk: {}", name_, std::strerror(errno));
}

} // namespace file
