#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace host::supervisor {

// The last bytes that a runner wrote to its standard error. Grows with use up to its limit.
class StderrTail {
public:
  explicit StderrTail(std::size_t limit = kLimit) : limit_(limit) {}

  void append(std::string_view bytes) {
    total_ += bytes.size();
    if (bytes.size() > limit_)
      bytes.remove_prefix(bytes.size() - limit_);
    // Cut rarely, so that many small writes do not move the whole text each time.
    if (text_.size() + bytes.size() > 2 * limit_)
      text_.erase(0, text_.size() + bytes.size() - limit_);
    text_.append(bytes);
  }

  // At most `most` bytes, from the start of a line where something was cut off.
  std::string_view last(std::size_t most = kLimit) const {
    std::string_view tail = text_;
    const std::size_t room = most < limit_ ? most : limit_;
    if (tail.size() > room) {
      tail.remove_prefix(tail.size() - room);
      if (const auto line = tail.find('\n'); line != std::string_view::npos)
        tail.remove_prefix(line + 1);
    }
    return tail;
  }

  std::size_t total() const { return total_; }

private:
  static constexpr std::size_t kLimit = 64 * 1024;
  std::size_t limit_;
  std::size_t total_ = 0;
  std::string text_;
};

} // namespace host::supervisor
