#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace host::json {

// Text that grows, for writers that say beforehand how much they write at most and then write by
// pointer. Keeps its memory from text to text. One thread.
class TextBuffer {
public:
  void clear() { end_ = begin_.get(); }
  // At least `most` bytes to write to; advance() says where writing ended.
  char *room(std::size_t most) {
    if (static_cast<std::size_t>(limit_ - end_) < most)
      grow(most);
    return end_;
  }
  void advance(char *end) { end_ = end; }

  void append(char c) {
    *room(1) = c;
    ++end_;
  }
  void append(std::string_view text) {
    std::memcpy(room(text.size()), text.data(), text.size());
    end_ += text.size();
  }

  std::size_t size() const { return static_cast<std::size_t>(end_ - begin_.get()); }
  // Forgets what was written behind that size.
  void truncate(std::size_t size) { end_ = begin_.get() + size; }
  std::string_view view() const { return {begin_.get(), size()}; }

private:
  void grow(std::size_t most) {
    const std::size_t used = size();
    const std::size_t capacity = (used + most) * 2 + 256;
    std::unique_ptr<char[]> larger(new char[capacity]);
    if (used > 0)
      std::memcpy(larger.get(), begin_.get(), used);
    begin_ = std::move(larger);
    end_ = begin_.get() + used;
    limit_ = begin_.get() + capacity;
  }

  std::unique_ptr<char[]> begin_;
  char *end_ = nullptr;
  char *limit_ = nullptr;
};

} // namespace host::json
