#include "line_buffer.h"

#include <algorithm>
#include <cstring>

namespace file {
namespace {

// Large enough that a read costs little per line, small enough to stay in the cache.
constexpr std::size_t kChunk = 256 * 1024;
// With less room than this, reading goes on in a new chunk.
constexpr std::size_t kLeastRoom = 16 * 1024;

} // namespace

void Chunk::reset(std::size_t capacity) {
  if (capacity_ == capacity)
    return;
  bytes_ = std::make_unique_for_overwrite<char[]>(capacity);
  capacity_ = capacity;
}

std::span<char> LineBuffer::room() {
  if (chunk_ == nullptr || chunk_->capacity() - end_ < kLeastRoom) {
    // The unfinished line moves along. Doubling keeps the copying linear in the line's length.
    const std::size_t carried = unfinished();
    std::shared_ptr<Chunk> next = chunks_.take();
    next->reset(std::max(kChunk, 2 * carried));
    if (carried > 0)
      std::memcpy(next->data(), chunk_->data() + begin_, carried);
    newline_.shift(begin_);
    carriage_return_.shift(begin_);
    chunk_ = std::move(next);
    begin_ = 0;
    end_ = carried;
  }
  return {chunk_->data() + end_, chunk_->capacity() - end_};
}

std::optional<Line> LineBuffer::next() {
  if (begin_ == end_)
    return std::nullopt;
  const char *const data = chunk_->data();
  const std::size_t newline = newline_.find(data, begin_, end_);
  const std::size_t carriage_return = carriage_return_.find(data, begin_, end_);
  if (newline < carriage_return)
    return cut(newline - begin_, 1);
  if (carriage_return == kNone || carriage_return + 1 == end_)
    return std::nullopt;
  return cut(carriage_return - begin_, newline == carriage_return + 1 ? 2 : 1);
}

std::optional<Line> LineBuffer::last() {
  if (begin_ == end_)
    return std::nullopt;
  const bool has_end = chunk_->data()[end_ - 1] == '\r';
  return cut(unfinished() - (has_end ? 1 : 0), has_end ? 1 : 0);
}

Line LineBuffer::cut(std::size_t length_of_text, std::size_t length_of_end) noexcept {
  const Line line{{chunk_->data() + begin_, length_of_text}, length_of_text + length_of_end};
  begin_ += line.length;
  return line;
}

void LineBuffer::clear() noexcept { begin_ = end_; }

void LineBuffer::release_memory() {
  chunks_.trim();
  if (begin_ != end_)
    return;
  chunk_.reset();
  chunks_.trim(); // the chunk came back just now
  newline_.shift(end_);
  carriage_return_.shift(end_);
  begin_ = end_ = 0;
}

std::size_t LineBuffer::Finder::find(const char *data, std::size_t begin,
                                     std::size_t end) noexcept {
  if (at_ != kNone && at_ >= begin)
    return at_;
  const std::size_t from = std::max(begin, searched_);
  const void *const found = from < end ? std::memchr(data + from, wanted_, end - from) : nullptr;
  at_ =
      found != nullptr ? static_cast<std::size_t>(static_cast<const char *>(found) - data) : kNone;
  searched_ = at_ != kNone ? at_ + 1 : end;
  return at_;
}

void LineBuffer::Finder::shift(std::size_t by) noexcept {
  at_ = at_ != kNone && at_ >= by ? at_ - by : kNone;
  searched_ = searched_ > by ? searched_ - by : 0;
}

} // namespace file
