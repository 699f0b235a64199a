#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "host/data/cell.h"

namespace host::data {

// The memory of one batch: bytes and cells that live until reset(). Its blocks are kept, so that a
// warm arena allocates nothing. Owned by a batch; one thread fills it, any may read.
class Arena {
public:
  static constexpr std::size_t kBlockSize = 64 * 1024;
  static constexpr std::size_t kKeptBytes = 1024 * 1024;

  void *allocate(std::size_t size, std::size_t alignment) {
    std::size_t begin = (used_ + alignment - 1) & ~(alignment - 1);
    if (begin + size > capacity_) {
      next_block(size + alignment);
      begin = 0;
    }
    used_ = begin + size;
    return current_ + begin;
  }

  std::string_view copy(std::string_view text) {
    if (text.empty())
      return {"", 0};
    char *to = static_cast<char *>(allocate(text.size(), 1));
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

  std::span<const Cell> copy(std::span<const Cell> cells) {
    auto *to = static_cast<Cell *>(allocate(cells.size_bytes(), alignof(Cell)));
    std::memcpy(to, cells.data(), cells.size_bytes());
    return {to, cells.size()};
  }

  // Forgets everything; keeps up to kKeptBytes of blocks.
  void reset();
  // Bytes of memory held.
  std::size_t held() const { return held_; }

private:
  struct Block {
    std::unique_ptr<char[]> memory;
    std::size_t size;
  };

  void next_block(std::size_t at_least);

  std::vector<Block> blocks_;
  std::size_t next_ = 0; // the block after the current one
  char *current_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t used_ = 0;
  std::size_t held_ = 0;
};

} // namespace host::data
